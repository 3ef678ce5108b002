//! ML-DSA (FIPS 204) of the three JWS algorithms of that name, with an empty
//! context and hedged signing, as the contenders do it.

use ml_dsa::{ExpandedSigningKey, MlDsaParams, Signature, VerifyingKey};

use super::Floor;
use super::work::{Material, authenticity};
use crate::exchange::MlDsa;

pub(super) fn floors() -> Vec<Box<dyn Floor>> {
    let mut floors = Vec::new();
    floors.extend(rustcrypto::<ml_dsa::MlDsa44>("jwt.ML-DSA-44"));
    floors.extend(rustcrypto::<ml_dsa::MlDsa65>("jwt.ML-DSA-65"));
    floors.extend(rustcrypto::<ml_dsa::MlDsa87>("jwt.ML-DSA-87"));
    #[cfg(feature = "aws-lc")]
    floors.extend(aws_lc::floors());
    floors
}

fn rustcrypto<P: MlDsaParams + 'static>(scheme: &'static str) -> [Box<dyn Floor>; 2]
where
    ExpandedSigningKey<P>: Send,
    VerifyingKey<P>: Send,
{
    authenticity(scheme, "ml-dsa", verifier::<P>, signer::<P>)
}

fn set(material: &Material<'_>) -> Result<MlDsa, String> {
    let name = material.scheme.trim_start_matches("jwt.");
    MlDsa::named(name).ok_or_else(|| format!("{name} is no parameter set of ML-DSA"))
}

fn verifier<P: MlDsaParams>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<P>, String>
where
    VerifyingKey<P>: Send,
{
    let public = material.keys.ml_dsa_public(set(material)?);
    let encoded = public
        .try_into()
        .map_err(|_| "a public key of another length".to_owned())?;
    let key = VerifyingKey::<P>::decode(&encoded);
    Ok(move |covered: &[u8], signature: &[u8]| {
        Signature::<P>::try_from(signature)
            .is_ok_and(|signature| key.verify_with_context(covered, &[], &signature))
    })
}

fn signer<P: MlDsaParams>(
    material: &Material<'_>,
) -> Result<impl Fn(&[u8]) -> Option<Vec<u8>> + Send + use<P>, String>
where
    ExpandedSigningKey<P>: Send,
{
    let seed = material.keys.ml_dsa_seed(set(material)?);
    let key = ExpandedSigningKey::<P>::from_seed(&seed.into());
    Ok(move |covered: &[u8]| {
        let signature = key.sign_randomized(covered, &[], &mut getrandom::SysRng);
        Some(signature.ok()?.encode().to_vec())
    })
}

#[cfg(feature = "aws-lc")]
mod aws_lc {
    use aws_lc_rs::signature::{
        ML_DSA_44, ML_DSA_44_SIGNING, ML_DSA_65, ML_DSA_65_SIGNING, ML_DSA_87, ML_DSA_87_SIGNING,
        ParsedPublicKey, PqdsaKeyPair, PqdsaSigningAlgorithm, PqdsaVerificationAlgorithm,
    };

    use super::{Floor, Material, MlDsa, authenticity, set};

    pub(super) fn floors() -> impl Iterator<Item = Box<dyn Floor>> {
        ["jwt.ML-DSA-44", "jwt.ML-DSA-65", "jwt.ML-DSA-87"]
            .into_iter()
            .flat_map(|scheme| authenticity(scheme, "aws-lc-rs ML-DSA", verifier, signer))
    }

    const fn algorithms(
        set: MlDsa,
    ) -> (
        &'static PqdsaVerificationAlgorithm,
        &'static PqdsaSigningAlgorithm,
    ) {
        match set {
            MlDsa::MlDsa44 => (&ML_DSA_44, &ML_DSA_44_SIGNING),
            MlDsa::MlDsa65 => (&ML_DSA_65, &ML_DSA_65_SIGNING),
            MlDsa::MlDsa87 => (&ML_DSA_87, &ML_DSA_87_SIGNING),
        }
    }

    fn verifier(material: &Material<'_>) -> Result<impl Fn(&[u8], &[u8]) -> bool + Send + use<>, String> {
        let set = set(material)?;
        let key = ParsedPublicKey::new(algorithms(set).0, material.keys.ml_dsa_public(set))
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8], signature: &[u8]| key.verify_sig(covered, signature).is_ok())
    }

    fn signer(material: &Material<'_>) -> Result<impl Fn(&[u8]) -> Option<Vec<u8>> + Send + use<>, String> {
        let set = set(material)?;
        let (_, algorithm) = algorithms(set);
        let key = PqdsaKeyPair::from_seed(algorithm, &material.keys.ml_dsa_seed(set))
            .map_err(|error| error.to_string())?;
        Ok(move |covered: &[u8]| {
            let mut signature = vec![0; algorithm.signature_len()];
            key.sign(covered, &mut signature).ok()?;
            Some(signature)
        })
    }
}
