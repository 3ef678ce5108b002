//! `tokenlab token` and `tokenlab list`: tokens one by one, and what takes part.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) verb: TokenVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token with every contender, with the key that verifies it.
    Mint(TokenMint),
    /// Verify tokens from anywhere, by every contender that implements their scheme.
    Verify(TokenVerify),
    /// Show whatever can be shown of a token, broken ones included. Verifies nothing.
    Decode {
        /// The token, or `-` for standard input.
        #[arg(value_name = "TOKEN")]
        token: String,
    },
    /// Two tokens part by part, broken ones included. Verifies nothing; differing is no error.
    Diff {
        /// One token.
        #[arg(value_name = "A")]
        left: String,
        /// The other.
        #[arg(value_name = "B")]
        right: String,
    },
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab token mint --contender '*/v4.public' --footer kid-1\n  tokenlab token mint --jsonl | tokenlab token verify --jsonl\n\n\
Sessions are left out: their ids mean nothing outside their store.\nExit code 1 if a contender can't make its token; the others' lines are printed all the same."
)]
pub(crate) struct TokenMint {
    /// Only contenders whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) contender: Option<String>,
    /// JSON file of the claims, `-` for standard input; times as numbers or as RFC 3339 text.
    /// Without it, those of the typical corpus.
    #[arg(long, value_name = "FILE")]
    pub(crate) claims: Option<PathBuf>,
    /// Footer of the PASETO tokens.
    #[arg(long, value_name = "TEXT")]
    pub(crate) footer: Option<String>,
    /// Implicit assertion of the PASETO v3 and v4 tokens.
    #[arg(long, value_name = "TEXT")]
    pub(crate) implicit_assertion: Option<String>,
    /// Seed of the keys.
    #[arg(long, default_value_t = 1, env = "TOKENLAB_SEED")]
    pub(crate) seed: u64,
    /// One line of the exchange format a contender.
    #[arg(long)]
    pub(crate) jsonl: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  tokenlab token verify TOKEN --scheme jwt.HS256 --key 'utf8:a-string-secret-at-least-256-bits-long'\n  tokenlab token verify TOKEN --scheme paseto.v4.public --key k4.public.…\n  tokenlab token verify --jsonl < lines.jsonl\n\n\
A line of --jsonl is {\"id\", \"scheme\", \"token\", \"key\", \"expected_claims\"?, \"footer\"?, \"implicit_assertion\"?, \"check_time\"?, \"authorizer\"?}, at most 1 MiB;\n\
a line that is broken is answered with an error, and the stream goes on.\nExit code 0 if every answer is ok: true, else 1."
)]
pub(crate) struct TokenVerify {
    /// The token, or `-` for standard input.
    #[arg(
        value_name = "TOKEN",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl"
    )]
    pub(crate) token: Option<String>,
    /// jwt.<alg>, jwe.<alg>+<enc>, paseto.v1.local to v4.public, biscuit.v3. Never taken from the token.
    #[arg(
        long,
        value_name = "SCHEME",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl"
    )]
    pub(crate) scheme: Option<String>,
    /// The key that verifies or opens: a JWK, a PEM, a PASERK, hex:…, utf8:…, ed25519/<hex>; or @FILE with one of them in it.
    #[arg(
        long,
        value_name = "KEY",
        required_unless_present = "jsonl",
        conflicts_with = "jsonl",
        allow_hyphen_values = true // as a PEM begins
    )]
    pub(crate) key: Option<String>,
    /// The PASETO footer that the token must have; without it, any.
    #[arg(long, value_name = "TEXT", conflicts_with = "jsonl")]
    pub(crate) footer: Option<String>,
    /// The PASETO implicit assertion (v3 and v4).
    #[arg(long, value_name = "TEXT", conflicts_with = "jsonl")]
    pub(crate) implicit_assertion: Option<String>,
    /// The Biscuit authorizer, as Datalog.
    #[arg(long, value_name = "DATALOG", conflicts_with = "jsonl")]
    pub(crate) authorizer: Option<String>,
    /// Hold exp and nbf against the clock.
    #[arg(long, conflicts_with = "jsonl")]
    pub(crate) check_time: bool,
    /// Ask only contenders whose id matches, `*` and `?` allowed.
    #[arg(long, value_name = "GLOB")]
    pub(crate) contender: Option<String>,
    /// Read lines of the exchange format from standard input, answer each with a line.
    #[arg(long)]
    pub(crate) jsonl: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// What to list.
    #[arg(value_enum)]
    pub(crate) what: Listed,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Listed {
    /// Libraries, algorithms, backends.
    Contenders,
    /// Published attacks.
    Attacks,
    /// Verifiers under attack.
    Targets,
    /// Claim sets.
    Corpora,
    /// Which library offers which scheme, at which version on which backend.
    Support,
}
