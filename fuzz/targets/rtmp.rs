//! What an ingest may send, cut anywhere: understood, or an end of the connection.
#![no_main]

use rtmp::{Kind, Publisher, Target};

libfuzzer_sys::fuzz_target!(|pieces: (bool, Vec<Vec<u8>>)| {
    let (greeted, pieces) = pieces;
    let target = Target { url: "rtmp://host/app".into(), app: "app".into(), key: "secret-key".into() };
    let mut publisher = Publisher::new(target, &[7; 1528]);
    publisher.publish();
    if greeted {
        // S0, S1 and S2: what comes then are chunks.
        let hello: Vec<u8> = std::iter::once(3).chain(std::iter::repeat_n(7, 2 * 1536)).collect();
        let _ = publisher.receive(&hello);
    }
    for piece in pieces {
        if let Err(e) = publisher.receive(&piece) {
            assert!(!e.to_string().contains("secret-key"));
            return;
        }
        publisher.send(Kind::Video, 40, &[1, 2, 3]);
        assert!(publisher.take_output().len() < 1 << 20);
    }
});
