//! Invented contenders: a few of every family and class, or a crowd of more
//! than a hundred with the names that a full registry has.

use tokenlab_record::catalogue::{Class, ContenderCard, ContenderId, Family, Primitive};

pub(super) struct Invented {
    pub(super) id: String,
    pub(super) family: Family,
    pub(super) class: Class,
    pub(super) algorithm: String,
    pub(super) library: &'static str,
    pub(super) version: &'static str,
    pub(super) backend: String,
    pub(super) footnote: Option<&'static str>,
    pub(super) verify_ns: f64,
    pub(super) issue_ns: f64,
    pub(super) load_ns: f64,
    pub(super) ns_per_byte: f64,
    pub(super) authentication_bytes: u32,
    pub(super) nonce_bytes: u32,
}

/// What an algorithm costs where it costs least.
struct Scheme {
    algorithm: &'static str,
    class: Class,
    verify_ns: f64,
    issue_ns: f64,
    authentication_bytes: u32,
    nonce_bytes: u32,
    footnote: Option<&'static str>,
}

/// Algorithm, class, verifying and issuing in nanoseconds, bytes of signature
/// or tag and of nonce.
const fn scheme(
    algorithm: &'static str,
    class: Class,
    (verify_ns, issue_ns): (f64, f64),
    (authentication_bytes, nonce_bytes): (u32, u32),
    footnote: Option<&'static str>,
) -> Scheme {
    Scheme {
        algorithm,
        class,
        verify_ns,
        issue_ns,
        authentication_bytes,
        nonce_bytes,
        footnote,
    }
}

const RSA: Option<&str> = Some("2048-bit RSA is a 112-bit security level");
const P384: Option<&str> = Some("P-384 is a 192-bit security level");
const STORED: Option<&str> = Some("the claims stay in the store; what is written is lost with this process");

const JWS: [Scheme; 9] = [
    scheme("HS256", Class::Mac, (1_900.0, 1_500.0), (32, 0), None),
    scheme("HS384", Class::Mac, (2_600.0, 2_050.0), (48, 0), None),
    scheme("HS512", Class::Mac, (2_640.0, 2_060.0), (64, 0), None),
    scheme("RS256", Class::Signature112, (21_300.0, 640_000.0), (256, 0), RSA),
    scheme("PS256", Class::Signature112, (22_800.0, 645_000.0), (256, 0), RSA),
    scheme("PS384", Class::Signature112, (23_100.0, 646_000.0), (256, 0), RSA),
    scheme("ES256", Class::Signature128, (49_000.0, 23_100.0), (64, 0), None),
    scheme(
        "ES384",
        Class::Signature192,
        (212_000.0, 170_000.0),
        (96, 0),
        P384,
    ),
    scheme("EdDSA", Class::Signature128, (44_600.0, 18_900.0), (64, 0), None),
];

/// What only some libraries have.
const RARE_JWS: [Scheme; 5] = [
    scheme("RS384", Class::Signature112, (21_500.0, 641_000.0), (256, 0), RSA),
    scheme("RS512", Class::Signature112, (21_600.0, 641_000.0), (256, 0), RSA),
    scheme("PS512", Class::Signature112, (23_300.0, 646_000.0), (256, 0), RSA),
    scheme("ES256K", Class::Signature128, (61_000.0, 42_000.0), (64, 0), None),
    scheme(
        "ES512",
        Class::Signature256,
        (411_000.0, 330_000.0),
        (132, 0),
        None,
    ),
];

const ML_DSA: [Scheme; 3] = [
    scheme(
        "ML-DSA-44",
        Class::PostQuantum,
        (66_000.0, 190_000.0),
        (2420, 0),
        None,
    ),
    scheme(
        "ML-DSA-65",
        Class::PostQuantum,
        (104_000.0, 310_000.0),
        (3309, 0),
        None,
    ),
    scheme(
        "ML-DSA-87",
        Class::PostQuantum,
        (168_000.0, 390_000.0),
        (4627, 0),
        None,
    ),
];

const JWE: [Scheme; 4] = [
    scheme("dir+A256GCM", Class::Aead, (4_060.0, 4_350.0), (16, 12), None),
    scheme("A256KW+A256GCM", Class::Aead, (5_700.0, 5_720.0), (56, 12), None),
    scheme(
        "RSA-OAEP+A256GCM",
        Class::PublicKeyEncryption,
        (1_700_000.0, 96_000.0),
        (272, 12),
        RSA,
    ),
    scheme(
        "ECDH-ES+A256KW+A256GCM",
        Class::PublicKeyEncryption,
        (141_000.0, 290_000.0),
        (56, 12),
        None,
    ),
];

const PASETO: [Scheme; 8] = [
    scheme("v1.local", Class::Aead, (9_900.0, 17_300.0), (48, 32), None),
    scheme(
        "v1.public",
        Class::Signature112,
        (68_800.0, 1_564_000.0),
        (256, 0),
        RSA,
    ),
    scheme("v2.local", Class::Aead, (4_300.0, 3_900.0), (16, 24), None),
    scheme(
        "v2.public",
        Class::Signature128,
        (53_600.0, 26_700.0),
        (64, 0),
        None,
    ),
    scheme("v3.local", Class::Aead, (9_970.0, 15_900.0), (48, 32), None),
    scheme(
        "v3.public",
        Class::Signature192,
        (611_000.0, 402_000.0),
        (96, 0),
        P384,
    ),
    scheme("v4.local", Class::Aead, (4_250.0, 4_020.0), (32, 32), None),
    scheme(
        "v4.public",
        Class::Signature128,
        (53_900.0, 26_900.0),
        (64, 0),
        None,
    ),
];

/// Every contender of a run: some two dozen, or a crowd.
pub(super) fn all(crowd: bool) -> Vec<Invented> {
    let mut all = Vec::new();
    let mut add = |library, version, backend, factor: f64, schemes: Vec<&Scheme>| {
        let make = |scheme: &Scheme| invented((library, version), backend, factor, scheme);
        all.extend(schemes.into_iter().map(make));
    };
    let some = |schemes: &'static [Scheme], names: &[&str]| -> Vec<&'static Scheme> {
        let wanted = schemes.iter().filter(|scheme| names.contains(&scheme.algorithm));
        wanted.collect()
    };
    add(
        "jsonwebtoken",
        "11.1.0",
        Some("aws-lc"),
        1.0,
        JWS.iter().collect(),
    );
    add(
        "jsonwebtoken",
        "11.1.0",
        Some("rustcrypto"),
        3.4,
        JWS.iter().collect(),
    );
    let of_pasetors = ["v2.local", "v2.public", "v3.public", "v4.local", "v4.public"];
    add("pasetors", "0.8.1", None, 1.0, some(&PASETO, &of_pasetors));
    add(
        "rusty_paseto",
        "0.10.1",
        None,
        0.95,
        some(&PASETO, &["v4.public"]),
    );
    add("rusty_paseto", "0.10.1", None, 1.6, some(&PASETO, &["v4.local"]));
    add("jwt-simple", "0.15.0", None, 1.2, some(&ML_DSA, &["ML-DSA-65"]));
    add(
        "jwt-simple",
        "0.15.0",
        None,
        1.0,
        some(&JWE, &["A256KW+A256GCM", "RSA-OAEP+A256GCM"]),
    );
    add("josekit", "0.10.3", None, 1.0, some(&RARE_JWS, &["ES512"]));
    if crowd {
        add(
            "jsonwebtoken",
            "11.1.0",
            Some("aws-lc"),
            1.1,
            RARE_JWS[..3].iter().collect(),
        );
        add(
            "jsonwebtoken",
            "11.1.0",
            Some("rustcrypto"),
            3.5,
            RARE_JWS[..3].iter().collect(),
        );
        for (library, version, factor) in [("jwt-simple", "0.15.0", 2.9), ("jwt-compact", "0.8.0", 1.4)] {
            add(
                library,
                version,
                None,
                factor,
                JWS.iter().chain(&RARE_JWS[..4]).collect(),
            );
        }
        add(
            "josekit",
            "0.10.3",
            None,
            1.3,
            JWS.iter().chain(&RARE_JWS[..4]).collect(),
        );
        add(
            "jwt-simple",
            "0.15.0",
            None,
            1.1,
            some(&ML_DSA, &["ML-DSA-44", "ML-DSA-87"]),
        );
        let rest = ["dir+A256GCM", "ECDH-ES+A256KW+A256GCM"];
        add("jwt-simple", "0.15.0", None, 1.2, some(&JWE, &rest));
        add("josekit", "0.10.3", None, 1.1, JWE.iter().collect());
        add(
            "rusty_paseto",
            "0.9.0",
            None,
            1.9,
            some(&PASETO, &["v3.public", "v3.local", "v1.local"]),
        );
        add(
            "rusty_paseto",
            "0.8.0",
            None,
            0.8,
            some(&PASETO, &["v2.public", "v2.local"]),
        );
        add("rusty_paseto", "0.7.2", None, 1.1, some(&PASETO, &["v1.public"]));
        add("paseto-rs", "0.1.0-rc.10", None, 0.65, PASETO.iter().collect());
        add(
            "paseto-rs",
            "0.1.0-rc.10",
            Some("aws-lc"),
            0.32,
            PASETO[4..6].iter().collect(),
        );
        // What wraps keys in other ways, and other ciphers.
        for (index, algorithm) in [
            "dir+A128GCM",
            "dir+A192GCM",
            "dir+A256CBC-HS512",
            "A128KW+A128GCM",
            "A192KW+A192GCM",
            "A256GCMKW+A256GCM",
            "A256KW+A256CBC-HS512",
            "PBES2-HS512+A256KW+A256GCM",
        ]
        .into_iter()
        .enumerate()
        {
            let like = scheme(algorithm, Class::Aead, (5_000.0, 5_200.0), (56, 12), None);
            add("josekit", "0.10.3", None, 1.0 + index as f64 / 7.0, vec![&like]);
        }
    }
    all.push(odd(
        ("biscuit-auth", "6.0.0"),
        "v3",
        Class::Capability,
        (73_700.0, 49_700.0),
        128,
        None,
    ));
    all.push(odd(
        ("sessions", "in-memory"),
        "memory",
        Class::Session,
        (1_400.0, 2_100.0),
        0,
        STORED,
    ));
    all.push(odd(
        ("sessions", "2.6.0"),
        "redb",
        Class::Session,
        (3_900.0, 2_400_000.0),
        0,
        None,
    ));
    if crowd {
        all.push(odd(
            ("sessions", "7.0.0"),
            "redis",
            Class::Session,
            (61_000.0, 64_000.0),
            0,
            None,
        ));
    }
    all
}

fn invented(
    (library, version): (&'static str, &'static str),
    backend: Option<&str>,
    factor: f64,
    scheme: &Scheme,
) -> Invented {
    let is_paseto = scheme.algorithm.starts_with('v');
    let is_mac = scheme.class == Class::Mac;
    // A hash costs nearly the same by every implementation.
    let factor = if is_mac {
        1.0 + (factor - 1.0) / 240.0
    } else {
        factor
    };
    let suffix = backend.map(|backend| format!("+{backend}")).unwrap_or_default();
    Invented {
        id: format!("{library}/{}{suffix}", scheme.algorithm),
        family: match scheme.class {
            _ if is_paseto => Family::Paseto,
            Class::Aead | Class::PublicKeyEncryption => Family::Jwe,
            _ => Family::Jwt,
        },
        class: scheme.class,
        algorithm: scheme.algorithm.into(),
        library,
        version,
        backend: backend.unwrap_or("invented primitives").into(),
        footnote: scheme.footnote,
        verify_ns: scheme.verify_ns * factor,
        issue_ns: scheme.issue_ns * factor,
        load_ns: if is_paseto && scheme.class != Class::Aead {
            14_000.0
        } else {
            310.0 * factor
        },
        ns_per_byte: if scheme.class.is_encrypted() { 6.4 } else { 3.1 },
        authentication_bytes: scheme.authentication_bytes,
        nonce_bytes: scheme.nonce_bytes,
    }
}

/// A capability or a session.
fn odd(
    (library, version): (&'static str, &'static str),
    algorithm: &str,
    class: Class,
    (verify_ns, issue_ns): (f64, f64),
    authentication_bytes: u32,
    footnote: Option<&'static str>,
) -> Invented {
    Invented {
        id: format!("{library}/{algorithm}"),
        family: if class == Class::Session {
            Family::Session
        } else {
            Family::Biscuit
        },
        class,
        algorithm: algorithm.into(),
        library,
        version,
        backend: "invented store".into(),
        footnote,
        verify_ns,
        issue_ns,
        load_ns: 90_000.0,
        ns_per_byte: 1.0,
        authentication_bytes,
        nonce_bytes: 0,
    }
}

pub(super) fn card(contender: &Invented) -> ContenderCard {
    ContenderCard {
        id: ContenderId::new(contender.id.as_str()),
        family: contender.family,
        class: contender.class,
        scheme: format!("{}.{}", contender.family.scheme_prefix(), contender.algorithm),
        algorithm: contender.algorithm.clone(),
        library: contender.library.into(),
        package: contender.library.into(),
        library_version: contender.version.into(),
        backend: contender.backend.clone(),
        primitive: primitive(contender),
        footnote: contender.footnote.map(str::to_owned),
    }
}

/// The one pair of a kind, and neighbours that make a walk of several steps.
fn primitive(contender: &Invented) -> Primitive {
    let algorithm = match contender.algorithm.as_str() {
        "EdDSA" | "v2.public" | "v4.public" => "Ed25519",
        "ES384" | "v3.public" => "ECDSA P-384",
        "PS384" | "v1.public" => "RSASSA-PSS",
        other => other,
    };
    let implementation = match contender.id.as_str() {
        "jsonwebtoken/EdDSA+rustcrypto" | "rusty_paseto/v4.public" => "one and the same",
        _ => &format!("{} of {}", contender.backend, contender.library),
    };
    Primitive::new(algorithm, implementation)
}
