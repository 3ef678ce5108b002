//! What the page says: verdict, rankings, warnings, footnotes, matrix.
#![allow(clippy::panic)] // clippy.toml exempts test functions, not their helpers

use reader::{element, invented, page};
use tokenlab_record::analysis::{Analysis, analyse};
use tokenlab_record::catalogue::{Class, ContenderId, Family};
use tokenlab_record::jsonl::Damage;
use tokenlab_record::measurement::Model;
use tokenlab_record::run::{RunRecord, Status};
use tokenlab_record::transcript::Verdict;
use tokenlab_report::{format, page_html};

mod reader;

/// What a reader sees of a piece of the page.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text + rest
}

#[test]
fn no_ranking_crosses_a_class() {
    let (record, _) = invented();
    let html = page();
    for class in Class::ALL {
        for model in Model::RANKED {
            let anchor = format!("{}-{}", model.slug(), class.slug());
            let article = element(&html, "article", &anchor);
            for card in &record.catalogue.contenders {
                let shown = article.contains(&format!("<code>{}</code>", card.id));
                assert_eq!(shown, card.class == class, "{} in {anchor}", card.id);
            }
        }
    }
}

#[test]
fn the_verdict_follows_the_data_and_takes_no_side() {
    let (record, analysis) = invented();
    let verdict = |analysis: &Analysis| text(element(&page_html(&record, analysis), "section", "verdict"));
    let family = |id: &ContenderId| {
        let card = record.catalogue.contenders.iter().find(|card| card.id == *id);
        card.map(|card| card.family)
    };
    let signatures = |analysis: &mut Analysis| {
        let ranking = analysis.rankings.iter_mut().find(|ranking| {
            ranking.group.model == Model::Verify
                && ranking.group.class == Class::Signature
                && ranking.group.corpus == "typical"
        });
        ranking.unwrap().rows.clone()
    };
    let rows = signatures(&mut analysis.clone());
    let first = |wanted: Family| {
        let row = rows.iter().find(|row| family(&row.contender) == Some(wanted));
        row.unwrap().contender.clone()
    };
    let (jwt, paseto) = (first(Family::Jwt), first(Family::Paseto));

    let said = verdict(&analysis);
    assert!(said.contains(&format!("is fastest with {jwt}")), "{said}");
    assert!(said.contains(&format!("the fastest PASETO, {paseto}")), "{said}");

    // The same figures under exchanged names must exchange the sentence.
    let mut exchanged = analysis.clone();
    for ranking in &mut exchanged.rankings {
        for row in &mut ranking.rows {
            if row.contender == jwt {
                row.contender = paseto.clone();
            } else if row.contender == paseto {
                row.contender = jwt.clone();
            }
        }
    }
    // Other JWT rows between the two stay where they are.
    let next = signatures(&mut exchanged)
        .into_iter()
        .find(|row| family(&row.contender) == Some(Family::Jwt))
        .unwrap();
    let said = verdict(&exchanged);
    assert!(said.contains(&format!("is fastest with {paseto}")), "{said}");
    assert!(
        said.contains(&format!("the fastest JWT, {}", next.contender)),
        "{said}"
    );
    assert!(said.contains(&format::ratio(next.ratio.estimate)), "{said}");
}

#[test]
fn a_tie_at_the_top_is_called_one() {
    let (record, mut analysis) = invented();
    for ranking in &mut analysis.rankings {
        for row in &mut ranking.rows {
            row.rank = 1;
            row.tied = true;
        }
    }
    let html = page_html(&record, &analysis);
    let verdict = text(element(&html, "section", "verdict"));
    assert!(
        verdict.contains("can't be told apart from the fastest PASETO"),
        "{verdict}"
    );
    assert!(!verdict.contains("the slowest of"), "{verdict}");
}

#[test]
fn a_run_that_is_not_sound_says_so_before_the_verdict_and_a_sound_one_does_not() {
    let (record, analysis) = invented();
    let head = |record: &RunRecord, analysis: &Analysis| {
        let html = page_html(record, analysis);
        text(html.split_once("id=\"verdict\"").unwrap().0)
    };
    let sound = head(&record, &analysis);
    for (name, words, spoil) in [
        (
            "partial",
            "This run is partial",
            (|record, _| record.manifest.status = Status::Partial) as fn(&mut RunRecord, &mut Analysis),
        ),
        ("noisy", "This run is noisy", |_, analysis| {
            analysis.noise.noisy = true
        }),
        ("debug", "This run was made by a debug build", |record, _| {
            record.environment.build_profile = "debug".into();
        }),
        (
            "damaged",
            "1 line of the record could not be read",
            |record, _| {
                record.damage.push(Damage {
                    file: "canaries.jsonl".into(),
                    line: 17,
                    problem: "not whole JSON".into(),
                });
            },
        ),
    ] {
        assert!(!sound.contains(words), "{name}");
        let (mut record, mut analysis) = (record.clone(), analysis.clone());
        spoil(&mut record, &mut analysis);
        assert!(head(&record, &analysis).contains(words), "{name}");
    }
}

#[test]
fn damage_is_listed_by_file_and_line() {
    let (mut record, analysis) = invented();
    record.damage.push(Damage {
        file: "canaries.jsonl".into(),
        line: 17,
        problem: "not whole JSON".into(),
    });
    let html = page_html(&record, &analysis);
    let damage = text(element(&html, "section", "damage"));
    assert!(
        damage.contains("canaries.jsonl line 17: not whole JSON"),
        "{damage}"
    );
}

#[test]
fn security_levels_stand_with_the_ranking_they_belong_to() {
    let (record, _) = invented();
    let html = page();
    for class in Class::ALL {
        let article = element(&html, "article", &format!("verify-{}", class.slug()));
        for card in &record.catalogue.contenders {
            let Some(footnote) = &card.footnote else { continue };
            let stands = article.contains(footnote.as_str());
            let belongs = record
                .catalogue
                .contenders
                .iter()
                .any(|other| other.class == class && other.footnote.as_ref() == Some(footnote));
            assert_eq!(stands, belongs, "{footnote} in {}", class.slug());
        }
    }
}

#[test]
fn every_mark_on_a_table_is_explained_beneath_it() {
    let html = page();
    let marked = |article: &str| article.contains("</code>¹") || article.contains("</code>²");
    let mut seen = 0;
    for article in html.split("<article ").skip(1) {
        let article = article.split("</article>").next().unwrap();
        assert_eq!(
            marked(article),
            article.contains("class=\"footnotes\""),
            "{}",
            &article[..40]
        );
        seen += usize::from(marked(article));
    }
    assert!(seen > 1, "the invented run has footnotes in several charts");
}

#[test]
fn a_contender_that_failed_is_a_row_with_its_reason() {
    let (mut record, _) = invented();
    for measurement in &mut record.measurements {
        if measurement.contender.as_str() == "pasetors/v3.public" {
            measurement.error = Some("cannot load the key".into());
        }
    }
    let html = page_html(&record, &analyse(&record));
    let article = text(element(&html, "article", "verify-signature"));
    assert!(article.contains("1 contender failed here"), "{article}");
    assert!(article.contains("cannot load the key"), "{article}");
}

#[test]
fn instruments_that_disagree_are_flagged_in_words_and_others_are_not() {
    let (record, analysis) = invented();
    let disagreeing = analysis
        .agreements
        .iter()
        .filter(|agreement| agreement.disagrees)
        .count();
    assert!(disagreeing > 0, "the invented run has two");
    assert!(disagreeing < analysis.agreements.len(), "and others that agree");
    let html = page_html(&record, &analysis);
    let article = element(&html, "article", "second-instrument-ratios");
    assert_eq!(
        article.matches("<td class=\"flag\">disagree</td>").count(),
        disagreeing
    );
    assert_eq!(
        article.matches("<td>agree</td>").count(),
        analysis.agreements.len() - disagreeing
    );
}

#[test]
fn the_matrix_says_every_outcome_in_words() {
    let (mut record, analysis) = invented();
    let changed = [
        (
            Verdict::Panicked {
                detail: "index out of <range>".into(),
            },
            "panicked",
        ),
        (
            Verdict::Exhausted {
                detail: "2 s of CPU time".into(),
            },
            "exhausted",
        ),
    ];
    for (index, (verdict, _)) in changed.iter().enumerate() {
        record.transcripts[index * 2 + 20].verdict = verdict.clone();
        record.transcripts[index * 2 + 20].agrees = false;
    }
    let html = page_html(&record, &analysis);
    let matrix = element(&html, "section", "attacks");
    for (class, word) in [
        ("accepted", "accepted"),
        ("rejected", "refused"),
        ("inapplicable", "inapplicable"),
        ("panicked", "panicked"),
        ("exhausted", "exhausted"),
    ] {
        assert!(
            matrix.contains(&format!("<td class=\"{class}\"><strong>{word}</strong>")),
            "{class}"
        );
    }
    assert!(
        matrix.contains("index out of &lt;range&gt;"),
        "the crash in its own words"
    );
    assert_eq!(matrix.matches(">unexpected<").count(), changed.len());
    assert!(
        text(matrix).contains("2 cells did not come out"),
        "the summary counts them"
    );
    assert!(
        matrix.contains("missing: algorithm-allow-list"),
        "what let the forgery through"
    );
    for group in [
        "JWT: flawed",
        "JWT: hardened",
        "PASETO: flawed",
        "PASETO: hardened",
    ] {
        assert!(matrix.contains(group), "{group}");
    }
}

#[test]
fn without_attacks_the_page_says_that_there_were_none() {
    let (mut record, analysis) = invented();
    record.transcripts.clear();
    let html = page_html(&record, &analysis);
    let matrix = element(&html, "section", "attacks");
    assert!(matrix.contains("No attack was run"), "{matrix}");
    assert!(!matrix.contains("<table"), "{matrix}");
}
