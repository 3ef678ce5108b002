//! What every store does, and what none of them knows.

use std::fs;
use std::thread;

use tokenlab_harness::policy::now;
use tokenlab_harness::session::redb::RedbStore;
use tokenlab_harness::session::redis_server::RedisServer;
use tokenlab_harness::session::{REMEMBERED_S, Sessions};
use tokenlab_harness::{ClaimSet, Contender, KeyRing, Policy, RejectReason, contenders};

use crate::{has_redis, redis, stores, typical};

const HOUR_S: i64 = 3600;

fn reason<T: std::fmt::Debug>(answer: Result<T, tokenlab_harness::Rejection>) -> RejectReason {
    answer.unwrap_err().reason
}

fn ending_at(exp: i64) -> ClaimSet {
    ClaimSet {
        exp: Some(exp),
        ..typical()
    }
}

#[test]
fn a_session_is_found_until_it_is_revoked() {
    for (store, sessions) in stores() {
        let (one, other) = (typical(), ending_at(now() + HOUR_S));
        let ids = [sessions.create(&one).unwrap(), sessions.create(&other).unwrap()];
        assert_eq!(sessions.look_up(&ids[0]), Ok(one), "{store}");
        assert_eq!(sessions.revoke(&ids[0]), Ok(()), "{store}");
        assert_eq!(
            reason(sessions.look_up(&ids[0])),
            RejectReason::UnknownKey,
            "{store}"
        );
        assert_eq!(
            reason(sessions.revoke(&ids[0])),
            RejectReason::UnknownKey,
            "{store}"
        );
        assert_eq!(
            reason(sessions.refresh(&ids[0], now() + HOUR_S, now())),
            RejectReason::UnknownKey,
            "{store}: nothing brings a revoked session back"
        );
        assert_eq!(sessions.look_up(&ids[1]), Ok(other), "{store}: the others stay");
    }
}

#[test]
fn a_refresh_moves_exp_and_nothing_else() {
    for (store, sessions) in stores() {
        for exp in [now() + HOUR_S, now() + 2 * HOUR_S, now() - HOUR_S, i64::MAX] {
            let id = sessions.create(&ending_at(now() + 60)).unwrap();
            assert_eq!(sessions.refresh(&id, exp, now()), Ok(()), "{store} {exp}");
            let mut expected = typical();
            let found = sessions.look_up(&id).unwrap();
            (expected.exp, expected.iat, expected.nbf) = (Some(exp), found.iat, found.nbf);
            assert_eq!(found, expected, "{store} {exp}");
        }
    }
}

#[test]
fn an_expired_session_is_shown_for_a_day_and_never_refreshed() {
    for (store, sessions) in stores() {
        let expired = ending_at(now() - HOUR_S);
        let id = sessions.create(&expired).unwrap();
        assert_eq!(sessions.look_up(&id), Ok(expired), "{store}");
        assert_eq!(
            reason(sessions.refresh(&id, now() + HOUR_S, now())),
            RejectReason::Expired,
            "{store}"
        );
        let leeway = 2 * HOUR_S;
        assert_eq!(
            sessions.refresh(&id, now() + HOUR_S, now() - leeway),
            Ok(()),
            "{store}: within the leeway it is alive"
        );
        let id = sessions.create(&ending_at(now() - REMEMBERED_S)).unwrap();
        for answer in [
            sessions.look_up(&id).map(|_| ()),
            sessions.refresh(&id, now() + HOUR_S, now()),
        ] {
            assert_eq!(reason(answer), RejectReason::UnknownKey, "{store}");
        }
    }
}

#[test]
fn a_session_without_exp_has_no_end() {
    for (store, sessions) in stores() {
        let claims = ClaimSet {
            exp: None,
            ..typical()
        };
        let id = sessions.create(&claims).unwrap();
        assert_eq!(sessions.look_up(&id), Ok(claims), "{store}");
        let exp = now() + HOUR_S;
        assert_eq!(sessions.refresh(&id, exp, now()), Ok(()), "{store}");
        assert_eq!(sessions.look_up(&id).unwrap().exp, Some(exp), "{store}");
    }
}

#[test]
fn a_purge_takes_what_nobody_remembers_and_nothing_else() {
    for (store, sessions) in stores() {
        let kept: Vec<String> = [now() + HOUR_S, now() - HOUR_S]
            .map(|exp| sessions.create(&ending_at(exp)).unwrap())
            .into();
        let forgotten: Vec<String> = (0..3)
            .map(|n| {
                let id = sessions.create(&ending_at(now() + HOUR_S)).unwrap();
                // Alive once; its end is then moved to where a day ago was long enough.
                sessions.refresh(&id, now() - REMEMBERED_S - n, now()).unwrap();
                id
            })
            .collect();
        let purged = sessions.purge().unwrap();
        let by_itself = store.starts_with("redis");
        assert_eq!(purged, if by_itself { 0 } else { 3 }, "{store}");
        assert_eq!(sessions.purge(), Ok(0), "{store}: nothing is left to purge");
        for id in &forgotten {
            assert_eq!(reason(sessions.look_up(id)), RejectReason::UnknownKey, "{store}");
        }
        for id in &kept {
            assert!(sessions.look_up(id).is_ok(), "{store}");
        }
    }
}

#[test]
fn many_threads_share_a_store() {
    for (store, sessions) in stores() {
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        let claims = typical();
                        let id = sessions.create(&claims).unwrap();
                        assert_eq!(sessions.look_up(&id), Ok(claims), "{store}");
                        assert_eq!(sessions.revoke(&id), Ok(()), "{store}");
                    }
                });
            }
        });
    }
}

/// Where an id stands in `bytes`, as text or as the bits it is made of.
fn holds(bytes: &[u8], id: &str) -> bool {
    use base64::Engine;
    let bits = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(id)
        .unwrap();
    [id.as_bytes(), &bits]
        .iter()
        .any(|wanted| bytes.windows(wanted.len()).any(|window| window == *wanted))
}

#[test]
fn no_store_ever_writes_an_id() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.redb");
    let sessions = Sessions::new(Box::new(RedbStore::open(&path).unwrap()));
    let id = sessions.create(&typical()).unwrap();
    sessions.refresh(&id, now() + HOUR_S, now()).unwrap();
    drop(sessions);
    let bytes = fs::read(&path).unwrap();
    assert!(!holds(&bytes, &id), "redb");
    assert!(
        holds(&[&bytes, id.as_bytes()].concat(), &id),
        "the search finds what is there"
    );
    if has_redis() {
        let server = RedisServer::start().unwrap();
        let sessions = redis(&server);
        let id = sessions.create(&typical()).unwrap();
        sessions.refresh(&id, now() + HOUR_S, now()).unwrap();
        let mut written = 0;
        for entry in fs::read_dir(server.folder().join("appendonlydir")).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            assert!(!holds(&bytes, &id), "redis");
            written += bytes.len();
        }
        assert!(written > 500, "redis wrote {written} bytes");
    }
}

fn contender(id: &str) -> &'static dyn Contender {
    contenders::named(id).unwrap()
}

#[test]
fn another_server_knows_a_session_only_where_the_store_is_shared() {
    let (ring, other_ring) = (KeyRing::from_seed(1), KeyRing::from_seed(2));
    for (id, is_shared) in [
        ("session/memory", false),
        ("session/redb", false),
        ("session/redis", true),
    ] {
        if contender(id).missing().is_some() {
            has_redis();
            continue;
        }
        let load = |ring| contender(id).load(ring, &Policy::lab()).unwrap();
        let (here, there, elsewhere) = (load(&ring), load(&ring), load(&other_ring));
        let claims = typical();
        let token = here.issue(&claims).unwrap();
        assert_eq!(here.verify(&token), Ok(claims.clone()), "{id}");
        if is_shared {
            assert_eq!(there.verify(&token), Ok(claims), "{id}");
            there.session().unwrap().revoke(&token).unwrap();
            assert_eq!(reason(here.verify(&token)), RejectReason::UnknownKey, "{id}");
        } else {
            assert_eq!(reason(there.verify(&token)), RejectReason::UnknownKey, "{id}");
        }
        assert_eq!(reason(elsewhere.verify(&token)), RejectReason::UnknownKey, "{id}");
    }
}

#[test]
fn a_service_refreshes_and_revokes_under_its_policy() {
    for contender in contenders::available().filter(|one| one.id().as_str().starts_with("session/")) {
        let id = contender.id();
        let policy = Policy {
            leeway_s: 60,
            ..Policy::lab()
        };
        let service = contender.load(&KeyRing::from_seed(1), &policy).unwrap();
        let control = service.session().unwrap();
        let inside = service.issue(&ending_at(now() - 50)).unwrap();
        let exp = now() + HOUR_S;
        assert_eq!(control.refresh(&inside, exp), Ok(()), "{id}");
        assert_eq!(service.verify(&inside).unwrap().exp, Some(exp), "{id}");
        let outside = service.issue(&ending_at(now() - 70)).unwrap();
        assert_eq!(reason(service.verify(&outside)), RejectReason::Expired, "{id}");
        assert_eq!(
            reason(control.refresh(&outside, now() + HOUR_S)),
            RejectReason::Expired,
            "{id}"
        );
        assert_eq!(control.revoke(&outside), Ok(()), "{id}: ended, and now gone");
        assert_eq!(reason(service.verify(&outside)), RejectReason::UnknownKey, "{id}");
        assert_eq!(
            reason(control.revoke("nonsense")),
            RejectReason::Malformed,
            "{id}"
        );
    }
}
