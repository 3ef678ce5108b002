//! kill -9 in the middle of writes loses nothing that was acknowledged, where
//! the store promises that; a map of a process promises nothing, and keeps it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::thread;

use tokenlab_harness::RejectReason;
use tokenlab_harness::session::Sessions;
use tokenlab_harness::session::redb::RedbStore;
use tokenlab_harness::session::redis_server::RedisServer;

use crate::{child, has_redis, redis, signal, task, typical};

/// Kills, each after some more writes, over one store.
const KILLS: usize = 3;

/// Acknowledgements before a kill.
const WRITES: usize = 60;

/// Begins sessions for ever, ends every third, and tells `acknowledge` what is
/// about to be done and what was done. Returns why it could not go on.
fn write(sessions: &Sessions, mut acknowledge: impl FnMut(&str, &str)) -> String {
    for round in 0.. {
        let id = match sessions.create(&typical()) {
            Ok(id) => id,
            Err(error) => return error.to_string(),
        };
        acknowledge("created", &id);
        if round % 3 == 0 {
            acknowledge("revoking", &id);
            match sessions.revoke(&id) {
                Ok(()) => acknowledge("revoked", &id),
                Err(rejection) => return rejection.to_string(),
            }
        }
    }
    unreachable!("a million years later")
}

/// What was last heard of every session.
#[derive(Default)]
struct Acknowledged(BTreeMap<String, String>);

impl Acknowledged {
    fn hear(&mut self, word: &str, id: &str) {
        self.0.insert(id.to_owned(), word.to_owned());
    }

    /// Holds the store to every word. Of a session whose end was under way,
    /// nothing is known.
    fn assert_kept(&self, sessions: &Sessions) {
        let (mut alive, mut revoked) = (0, 0);
        for (id, word) in &self.0 {
            let found = sessions.look_up(id);
            match word.as_str() {
                "created" => {
                    assert!(found.is_ok(), "an acknowledged session is lost: {found:?}");
                    alive += 1;
                }
                "revoked" => {
                    assert_eq!(found.unwrap_err().reason, RejectReason::UnknownKey);
                    revoked += 1;
                }
                _ => {}
            }
        }
        println!("after kill -9: {alive} acknowledged sessions are there, {revoked} revoked ones are not");
        assert!(alive >= WRITES / 3 && revoked >= WRITES / 9, "{alive} {revoked}");
    }
}

/// The child of the next test, and nothing when it is run by itself.
#[test]
fn redb_child() {
    let Some(path) = task() else { return };
    let sessions = Sessions::new(Box::new(RedbStore::open(Path::new(&path)).unwrap()));
    let problem = write(&sessions, |word, id| {
        let mut output = std::io::stdout().lock();
        writeln!(output, "\nheard {word} {id}").unwrap();
        output.flush().unwrap();
    });
    panic!("{problem}");
}

#[test]
fn redb_keeps_what_it_acknowledged_before_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.redb");
    let mut acknowledged = Acknowledged::default();
    for kill in 0..KILLS {
        let (mut writer, lines) = child("durability::redb_child", path.to_str().unwrap());
        let mut heard = 0;
        for line in lines {
            // What stands in the pipe when the kill comes was acknowledged too.
            if let Some((word, id)) = line.strip_prefix("heard ").and_then(|rest| rest.split_once(' ')) {
                acknowledged.hear(word, id);
                heard += 1;
                if heard == WRITES + 7 * kill {
                    signal("KILL", writer.id());
                }
            }
        }
        assert!(!writer.wait().unwrap().success());
        let sessions = Sessions::new(Box::new(RedbStore::open(&path).unwrap()));
        acknowledged.assert_kept(&sessions);
    }
}

#[test]
fn redis_keeps_what_it_acknowledged_before_a_kill() {
    if !has_redis() {
        return;
    }
    let mut server = RedisServer::start().unwrap();
    let mut acknowledged = Acknowledged::default();
    for kill in 0..KILLS {
        let sessions = redis(&server);
        let mut heard = 0;
        let problem = thread::scope(|scope| {
            let (tell, told) = std::sync::mpsc::channel();
            let writer = scope.spawn(|| {
                let tell = tell; // hangs up when the writer ends
                write(&sessions, |word, id| {
                    tell.send((word.to_owned(), id.to_owned())).unwrap();
                })
            });
            for (word, id) in told {
                acknowledged.hear(&word, &id);
                heard += 1;
                if heard == WRITES + 7 * kill {
                    signal("KILL", server.process_id());
                }
            }
            writer.join().unwrap()
        });
        println!("the writer was told: {problem}");
        assert!(
            problem.contains("the session store can't be used: Redis at 127.0.0.1:"),
            "{problem}"
        );
        server.restart().unwrap();
        acknowledged.assert_kept(&redis(&server));
        // The client from before the kill finds its way back.
        acknowledged.assert_kept(&sessions);
    }
}

/// What the articles say of sessions in memory: a restart logs everybody out.
#[test]
fn a_map_of_a_process_is_gone_with_it() {
    let memory = || Sessions::new(Box::new(tokenlab_harness::session::memory::MemoryStore::default()));
    let before = memory();
    let ids: Vec<String> = (0..10).map(|_| before.create(&typical()).unwrap()).collect();
    assert!(ids.iter().all(|id| before.look_up(id).is_ok()));
    drop(before);
    let after = memory();
    for id in ids {
        assert_eq!(after.look_up(&id).unwrap_err().reason, RejectReason::UnknownKey);
    }
}

#[test]
fn redb_has_one_process_at_a_time_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions.redb");
    let open = RedbStore::open(&path).unwrap();
    let error = RedbStore::open(&path).err().unwrap();
    assert!(error.to_string().contains("already open"), "{error}");
    drop(open);
    assert!(RedbStore::open(&path).is_ok());
}

#[test]
fn a_file_that_is_no_store_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shopping list");
    std::fs::write(&path, "bread, milk, a database").unwrap();
    let error = RedbStore::open(&path).err().unwrap().to_string();
    assert!(error.contains("shopping list"), "{error}");
}
