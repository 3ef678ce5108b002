//! What the page says: verdict, rankings, warnings, footnotes, matrix.
#![allow(clippy::panic)] // clippy.toml exempts test functions, not their helpers

use reader::{element, invented, page};
use tokenlab_record::analysis::{Analysis, analyse};
use tokenlab_record::catalogue::{Class, ContenderId, Family};
use tokenlab_record::jsonl::Damage;
use tokenlab_record::measurement::Model;
use tokenlab_record::run::{RunRecord, Status};
use tokenlab_record::transcript::Verdict;
use tokenlab_report::{attack_pages, format, page_html};

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
            if !model.applies_to(class) {
                assert!(!html.contains(&format!("<article id=\"{anchor}\"")), "{anchor}");
                continue;
            }
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
                && ranking.group.class == Class::Signature128
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
fn a_class_without_a_contender_is_a_word_and_no_empty_figure() {
    let (mut record, _) = invented();
    record
        .catalogue
        .contenders
        .retain(|card| card.class != Class::Capability);
    record
        .measurements
        .retain(|line| line.group.class != Class::Capability);
    record.tokens.retain(|line| line.class != Class::Capability);
    let html = page_html(&record, &analyse(&record));
    let verify = text(element(&html, "section", "verify"));
    assert!(
        verify.contains("Capabilities: this run has no contender."),
        "{verify}"
    );
    assert!(!html.contains("<article id=\"verify-capability\""));
    for model in [Model::Attenuate, Model::Seal, Model::VerifyTenBlocks] {
        let section = format!("<section id=\"{}\"", model.slug());
        assert!(!html.contains(&section), "a question for nobody: {section}");
    }
    let verdict = text(element(&html, "section", "verdict"));
    assert!(
        verdict.contains("verified no token of these classes: capabilities."),
        "{verdict}"
    );
}

#[test]
fn a_class_that_the_plan_leaves_out_is_told_from_one_without_contenders() {
    let (mut record, _) = invented();
    let is_left_out = |class, model| class == Class::Mac && model == Model::Load;
    record
        .manifest
        .groups
        .retain(|group| !is_left_out(group.class, group.model));
    record
        .measurements
        .retain(|line| !is_left_out(line.group.class, line.group.model));
    let html = page_html(&record, &analyse(&record));
    let load = text(element(&html, "section", "load"));
    assert!(
        load.contains("Shared key, authenticated (MAC): the plan of this run does not ask it."),
        "{load}"
    );
}

#[test]
fn sessions_are_timed_by_the_wall_and_say_so_and_the_others_do_not() {
    let html = page();
    let session = text(element(&html, "article", "verify-session"));
    assert!(
        session.contains("the median wall time of one operation"),
        "{session}"
    );
    assert!(!session.contains("CPU time of one operation"), "{session}");
    assert!(
        session.contains("Every store stands on this machine"),
        "{session}"
    );
    let mac = text(element(&html, "article", "verify-mac"));
    assert!(
        mac.contains("the median thread CPU time of one operation"),
        "{mac}"
    );
    let verdict = text(element(&html, "section", "verdict"));
    assert!(verdict.contains("of session lookups of wall time"), "{verdict}");
}

#[test]
fn the_contents_lead_to_every_class() {
    let html = page();
    let classes = html
        .split_once("<dl class=\"classes\">")
        .and_then(|(_, rest)| rest.split_once("</dl>"))
        .map(|(classes, _)| classes)
        .unwrap();
    for class in Class::ALL {
        let link = format!("href=\"#verify-{}\"", class.slug());
        assert!(classes.contains(&link), "{link}");
    }
    assert!(classes.contains("href=\"#attenuate-capability\""), "{classes}");
    assert!(!classes.contains("href=\"#attenuate-mac\""), "{classes}");
}

#[test]
fn who_offers_what_is_computed_from_the_cards_and_said_in_words() {
    let (record, _) = invented();
    let html = page();
    let support = element(&html, "section", "support");
    for card in &record.catalogue.contenders {
        let row = support
            .split("<tr>")
            .find(|row| row.contains(&format!("<code>{}</code>", card.scheme)))
            .unwrap_or_else(|| panic!("no row of {}", card.scheme));
        assert!(text(row).contains(card.class.title()), "{row}");
        assert!(row.contains(&card.backend), "{row}");
    }
    let eddsa = support
        .split("<tr>")
        .find(|row| row.contains("jwt.EdDSA"))
        .unwrap();
    assert!(eddsa.contains("aws-lc; rustcrypto"), "{eddsa}");
    assert!(eddsa.contains("<td class=\"lacking\">—</td>"), "{eddsa}");
    for family in ["JWT", "JWE", "PASETO", "Biscuit", "Session"] {
        let caption = format!("<caption>{family}: schemes by libraries</caption>");
        assert!(support.contains(&caption), "{family}");
    }
    let paseto = support
        .split_once("PASETO: schemes by libraries</caption>")
        .unwrap()
        .1;
    let paseto = paseto.split_once("</thead>").unwrap().0;
    assert!(!paseto.contains("jsonwebtoken"), "a column of dashes: {paseto}");
}

#[test]
fn a_library_that_refuses_everything_is_one_row_and_one_that_does_not_is_none() {
    let (mut record, analysis) = invented();
    let odd = "jsonwebtoken/HS256+aws-lc";
    let transcript = record
        .transcripts
        .iter_mut()
        .find(|transcript| transcript.target == odd)
        .unwrap();
    transcript.agrees = false;
    let matrix = attack_page(&record, &analysis, "index");
    let algorithm = element(&matrix, "section", "class-0");
    let (table, folds) = algorithm.split_once("</table>").unwrap();
    assert!(
        table.contains(&format!("<code>{odd}</code>")),
        "a surprise is hidden"
    );
    assert!(
        !table.contains("<code>jsonwebtoken/EdDSA+aws-lc</code>"),
        "no row of its own"
    );
    assert!(table.contains("<code>jsonwebtoken/…</code>"), "{table}");
    assert!(table.contains("17 contenders"), "eighteen but for the surprise");
    assert!(table.contains("refused, all 17"), "{table}");
    assert!(table.contains("<small>algorithm-allow-list</small>"), "{table}");
    assert!(folds.contains("<details>"), "{folds}");
    assert!(
        folds.contains("<code>jsonwebtoken/EdDSA+aws-lc</code>"),
        "one by one"
    );
    // A library with two contenders of a family gains nothing by a fold.
    assert!(table.contains("<code>rusty_paseto/v4.local</code>"), "{table}");
    // What everybody falls to is no surprise, and folds like a refusal.
    let life = element(&matrix, "section", "class-2");
    assert!(life.contains("accepted, all 17"), "{life}");
}

#[test]
fn vectors_are_counted_and_every_deviation_stands_with_its_reason() {
    let html = page();
    let vectors = text(element(&html, "section", "vectors"));
    assert!(
        vectors.contains(
            "51 cases put to contenders: 49 as the vectors say, 2 deviations, of which 1 has no reason"
        ),
        "{vectors}"
    );
    for words in [
        "4-F-1",
        "the library reads &lt;padding&gt; that is not there",
        "nobody has looked at it yet",
        "9 of 9",
        "31 of 33",
    ] {
        assert!(vectors.contains(words), "{words}: {vectors}");
    }
}

#[test]
fn every_mark_on_a_table_is_explained_beneath_it() {
    let html = page();
    let marked = |article: &str| {
        ["¹", "²", "³"]
            .iter()
            .any(|mark| article.contains(&format!("</code>{mark}")))
    };
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
    let article = text(element(&html, "article", "verify-signature-192"));
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
        Verdict::Panicked {
            detail: "index out of <range>".into(),
        },
        Verdict::Exhausted {
            detail: "2 s of CPU time".into(),
        },
        Verdict::Leaked {
            detail: "the key, by the time of the answers".into(),
        },
    ];
    let refused = record
        .transcripts
        .iter_mut()
        .filter(|transcript| matches!(transcript.verdict, Verdict::Rejected { .. }))
        .filter(|transcript| transcript.variant == "first" && transcript.target != "jwt-hardened");
    for (transcript, verdict) in refused.zip(&changed) {
        transcript.verdict = verdict.clone();
        transcript.agrees = false;
    }
    let matrix = attack_page(&record, &analysis, "index");
    for (class, word) in [
        ("accepted", "accepted"),
        ("rejected", "refused"),
        ("inapplicable", "not expressible"),
        ("panicked", "panicked"),
        ("exhausted", "exhausted"),
        ("leaked", "leaked"),
    ] {
        assert!(
            text(&matrix.replace(&format!("<td class=\"{class}\">"), "\n@")).contains(&format!("\n@{word}")),
            "{class}"
        );
    }
    assert!(
        matrix.contains("index out of &lt;range&gt;"),
        "the crash in its own words"
    );
    assert_eq!(matrix.matches(">unexpected<").count(), changed.len());
    assert!(
        text(&matrix).contains("3 cells did not come out"),
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
    let html = page_html(&record, &analysis);
    let summary = element(&html, "section", "attacks");
    assert!(text(summary).contains("3 cells did not come out"), "{summary}");
    assert!(summary.contains("3 unexpected</strong>"), "{summary}");
}

/// A page about attacks: `index` or the id of one.
fn attack_page(record: &RunRecord, analysis: &Analysis, name: &str) -> String {
    let path = format!("attacks/{name}.html");
    let pages = attack_pages(record, analysis);
    let page = pages.into_iter().find(|(found, _)| *found == path);
    page.map_or_else(|| panic!("no {path}"), |(_, html)| html)
}

#[test]
fn what_paseto_gives_is_said_of_each_attack_whichever_way_it_falls() {
    let (record, analysis) = invented();
    let html = page_html(&record, &analysis);
    let summary = element(&html, "section", "attacks");
    for (attack, wanted) in [
        (
            "alg-none",
            "PASETO has no place for it; a hardened JWT verifier holds as well.",
        ),
        ("alg-confusion-rs-hs", "Both hold when hardened."),
        (
            "kid-path-traversal",
            "PASETO gives nothing by itself. A hardened JWT verifier holds as well",
        ),
        ("token-theft-replay", "PASETO gives nothing: both fall."),
    ] {
        let row = summary
            .split("<tr>")
            .find(|row| row.contains(&format!("<code>{attack}</code>")))
            .unwrap();
        assert!(text(row).contains(wanted), "{attack}: {}", text(row));
    }
    // The same cells under exchanged families exchange the verdict.
    let (mut record, analysis) = invented();
    for card in &mut record.catalogue.targets {
        card.family = match card.family {
            Family::Jwt => Family::Paseto,
            Family::Paseto => Family::Jwt,
            other => other,
        };
    }
    let html = page_html(&record, &analysis);
    let said = text(element(&html, "section", "attacks"));
    assert!(said.contains("JWT has no place for it."), "{said}");
}

#[test]
fn the_page_of_an_attack_has_all_that_a_lesson_needs() {
    let (record, analysis) = invented();
    let html = attack_page(&record, &analysis, "alg-none");
    let said = text(&html);
    for wanted in [
        "Unsigned token",
        "The flawed assumption: the token may say how it is checked",
        "A token of the victim&#39;s.",
        "Takes the signature away.",
        "jwt-believes-alg lacks algorithm-allow-list",
        "At jwt-hardened, which differs in this alone",
        "a PASETO has no algorithm field",
        "Algorithm and key selection",
        "tokenlab attack replay alg-none --target jwt-believes-alg",
    ] {
        let wanted = wanted.replace("&#39;", "'");
        assert!(said.contains(&wanted), "{wanted}: {said}");
    }
    for wanted in [
        "<del>RS256</del>",
        "<ins>none</ins>",
        "<del>-believe(&lt;all&gt;)</del>",
        "<ins>+believe(some)</ins>",
        "<mark>▶ 3  ",
        "<mark>▶ 8  ",
        "href=\"https://www.rfc-editor.org/rfc/rfc8725#section-3.1\"",
        "href=\"kid-path-traversal.html\"><code>kid-path-traversal</code>",
        "href=\"#on-jwt-hardened\"><code>jwt-hardened</code>",
        "&lt;b&gt;her&lt;/b&gt;",
        "&lt;/pre&gt;&lt;script&gt;",
    ] {
        assert!(html.contains(wanted), "{wanted}");
    }
    assert!(
        !html.contains("<script") && !html.contains("<b>"),
        "an element got in"
    );
    let theft = text(&attack_page(&record, &analysis, "token-theft-replay"));
    assert!(theft.contains("2.00× the time of an honest token"), "{theft}");
}

#[test]
fn an_abridged_record_says_where_the_steps_are() {
    let (mut record, analysis) = invented();
    for transcript in &mut record.transcripts {
        *transcript = transcript.abridged();
    }
    record.sources.clear();
    let said = text(&attack_page(&record, &analysis, "alg-none"));
    assert!(
        said.contains("This record has no steps. Replay: tokenlab attack replay alg-none"),
        "{said}"
    );
    assert!(
        said.contains("No verifier of this lab's own has a line to show"),
        "{said}"
    );
    assert!(said.contains("missing: algorithm-allow-list"), "{said}");
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
