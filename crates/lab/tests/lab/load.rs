//! A whole class at once.

use std::io::Write;
use std::net::TcpStream;
use std::thread;

use crate::server::Server;

#[test]
fn two_hundred_learners_at_once_beside_slow_and_broken_ones_are_all_answered() {
    const LEARNERS: usize = 200;
    let server = Server::start();
    let token = server.get("/s/ada/t/kid-sql/token").body;
    let token = token.trim();
    let hanging: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address()).unwrap();
            stream.write_all(b"GET /s/ada HTTP/1.1\r\nHo").unwrap();
            stream
        })
        .collect();
    thread::scope(|scope| {
        let learners: Vec<_> = (0..LEARNERS)
            .map(|number| {
                let server = &server;
                scope.spawn(move || {
                    if number % 10 == 0 {
                        server.send(b"\r\n\r\nnonsense");
                    }
                    server.with_token(&format!("/s/learner-{number}/t/kid-sql/whoami"), token)
                })
            })
            .collect();
        for learner in learners {
            let answer = learner.join().unwrap();
            assert_eq!((answer.status, &answer.json()["user"]), (200, &"mallory".into()));
        }
    });
    drop(hanging);
    let csv = server.get("/board.csv").body;
    assert_eq!(csv.lines().count(), 1 + LEARNERS, "a row for each learner");
}
