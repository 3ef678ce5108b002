//! What does the seam itself cost? Instructions per operation through
//! [`TokenService`] against the same library called directly, counted by
//! callgrind.
//!
//! Run without arguments it starts itself under `valgrind --tool=callgrind`,
//! once with few and once with many operations, and takes the difference, so
//! that start-up and key parsing cancel. Counts repeat to a few instructions on
//! any machine, however busy. Cryptography takes its portable path under
//! valgrind, so the counts say nothing about schemes, only about the glue; the
//! cases are those where the glue weighs most.
//!
//! Exits with 1 if a ratio is above [`LIMIT`], with 3 if there is no valgrind.
#![allow(clippy::expect_used, clippy::print_stdout, clippy::print_stderr)] // a program for developers

use std::env;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use pasetors::Local;
use pasetors::keys::SymmetricKey;
use pasetors::token::UntrustedToken;
use pasetors::version4::{LocalToken, V4};
use rusty_paseto::core::{
    Key, Local as RustyLocal, Paseto, PasetoNonce, PasetoSymmetricKey, Payload, V4 as RustyV4,
};
use tokenlab_harness::claims::{Decode, Encode, NumericDate, Rfc3339};
use tokenlab_harness::{ClaimSet, Corpus, KeyRing, Policy, TokenService, contenders};

/// The seam may cost this many times the direct call.
const LIMIT: f64 = 1.01;

const FEW: u32 = 200;
const MANY: u32 = 1200;

/// A case: the contender, and the same two operations without the seam.
struct Case {
    contender: &'static str,
    direct: fn(&KeyRing) -> (Issue, Verify),
}

type Issue = Box<dyn Fn(&ClaimSet) -> String>;
type Verify = Box<dyn Fn(&str) -> ClaimSet>;

const CASES: &[Case] = &[
    Case {
        contender: "jsonwebtoken/HS256+rustcrypto",
        direct: direct_jsonwebtoken,
    },
    Case {
        contender: "pasetors/v4.local",
        direct: direct_pasetors,
    },
    Case {
        contender: "rusty_paseto/v4.local",
        direct: direct_rusty_paseto,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => compare(),
        [contender, path, operation, count] => {
            let count = count.parse().expect("a number of operations");
            run(contender, path == "seam", operation == "issue", count);
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("run without arguments");
            ExitCode::from(2)
        }
    }
}

fn compare() -> ExitCode {
    println!(
        "{:<32} {:<7} {:>12} {:>12} {:>8}",
        "contender", "what", "direct", "seam", "ratio"
    );
    let mut worst: f64 = 0.0;
    for case in CASES {
        for operation in ["issue", "verify"] {
            let instructions = |path: &str| {
                let count = |n: u32| instructions(&[case.contender, path, operation, &n.to_string()]);
                Some((count(MANY)? - count(FEW)?) / f64::from(MANY - FEW))
            };
            let (Some(direct), Some(seam)) = (instructions("direct"), instructions("seam")) else {
                eprintln!("valgrind is missing or failed; `apt-get install valgrind` installs it");
                return ExitCode::from(3);
            };
            let ratio = seam / direct;
            worst = worst.max(ratio);
            println!(
                "{:<32} {operation:<7} {direct:>12.0} {seam:>12.0} {ratio:>8.4}",
                case.contender
            );
        }
    }
    println!("worst ratio {worst:.4}, limit {LIMIT}");
    ExitCode::from(u8::from(worst > LIMIT))
}

/// Instructions of a whole process, as callgrind counts them.
fn instructions(arguments: &[&str]) -> Option<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().ok()?)
        .args(arguments)
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    let (_, count) = report.lines().find_map(|line| line.split_once("Collected :"))?;
    count.trim().parse().ok()
}

fn run(contender: &str, seam: bool, issue: bool, count: u32) {
    if !seam {
        // The first provider stays: a direct caller would have no forwarding one.
        let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
    }
    let ring = KeyRing::from_seed(1);
    let case = CASES
        .iter()
        .find(|case| case.contender == contender)
        .expect("a case");
    let contender = contenders::named(contender).expect("a contender");
    let service = contender
        .load(&ring, &Policy::lab())
        .expect("keys of the ring fit");
    let (direct_issue, direct_verify) = (case.direct)(&ring);
    // Fixed, so that the text has the same length in every process.
    let claims = Corpus::named("typical")
        .expect("a corpus")
        .claims(0, 1_700_000_000);
    let token = service.issue(&claims).expect("honest claims are issued");
    assert_eq!(direct_verify(&token), claims);
    assert_eq!(service.verify(&direct_issue(&claims)).as_ref(), Ok(&claims));
    let service: &dyn TokenService = service.as_ref();
    for _ in 0..count {
        match (seam, issue) {
            (true, true) => drop(black_box(service.issue(black_box(&claims)))),
            (true, false) => drop(black_box(service.verify(black_box(&token)))),
            (false, true) => drop(black_box(direct_issue(black_box(&claims)))),
            (false, false) => drop(black_box(direct_verify(black_box(&token)))),
        }
    }
}

fn direct_jsonwebtoken(ring: &KeyRing) -> (Issue, Verify) {
    let secret = ring.symmetric::<32>("jwt.HS256");
    let (signing, verifying) = (
        EncodingKey::from_secret(&secret),
        DecodingKey::from_secret(&secret),
    );
    let header = Header::new(Algorithm::HS256);
    let policy = Policy::lab();
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = u64::from(policy.leeway_s);
    validation.validate_nbf = true;
    validation.set_issuer(&[&policy.issuer]);
    validation.set_audience(&[&policy.audience]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    (
        Box::new(move |claims| {
            jsonwebtoken::encode(&header, &Encode::<NumericDate>::new(claims), &signing).expect("signs")
        }),
        Box::new(move |token| {
            jsonwebtoken::decode::<Decode<NumericDate>>(token, &verifying, &validation)
                .expect("an honest token")
                .claims
                .0
        }),
    )
}

fn direct_pasetors(ring: &KeyRing) -> (Issue, Verify) {
    let key = SymmetricKey::<V4>::from(&ring.symmetric::<32>("paseto.v4.local")).expect("32 bytes");
    let opening = key.clone();
    let policy = Policy::lab();
    (
        Box::new(move |claims| {
            let message = claims.to_json::<Rfc3339>().expect("writes");
            LocalToken::encrypt(&key, message.as_bytes(), None, None).expect("encrypts")
        }),
        Box::new(move |token| {
            let untrusted = UntrustedToken::<Local, V4>::try_from(token).expect("a token");
            let trusted = LocalToken::decrypt(&opening, &untrusted, None, None).expect("an honest token");
            let claims = ClaimSet::from_json::<Rfc3339>(trusted.payload().as_bytes()).expect("claims");
            policy.check_now(&claims).expect("the policy holds");
            claims
        }),
    )
}

fn direct_rusty_paseto(ring: &KeyRing) -> (Issue, Verify) {
    let key = || {
        PasetoSymmetricKey::<RustyV4, RustyLocal>::from(Key::from(ring.symmetric::<32>("paseto.v4.local")))
    };
    let (sealing, opening) = (key(), key());
    let policy = Policy::lab();
    (
        Box::new(move |claims| {
            let message = claims.to_json::<Rfc3339>().expect("writes");
            let nonce = Key::<32>::try_new_random().expect("random bytes");
            Paseto::<RustyV4, RustyLocal>::builder()
                .set_payload(Payload::from(message.as_str()))
                .try_encrypt(&sealing, &PasetoNonce::from(&nonce))
                .expect("encrypts")
        }),
        Box::new(move |token| {
            let message = Paseto::<RustyV4, RustyLocal>::try_decrypt(token, &opening, None, None);
            let claims =
                ClaimSet::from_json::<Rfc3339>(message.expect("an honest token").as_bytes()).expect("claims");
            policy.check_now(&claims).expect("the policy holds");
            claims
        }),
    )
}
