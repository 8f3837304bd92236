//! What labels, annotations and notes become as tags.

use super::*;

fn set(key: &str, text: &str) -> Changes {
    Changes::from([(key.to_owned(), Some(text.to_owned()))])
}

fn change(labels: &Changes, annotations: &Changes, tags: &Tags) -> Result<TagChange, Error> {
    let wanted = Wanted {
        labels,
        annotations,
        description: None,
        note: None,
    };
    TagChange::new("AWS", &wanted, tags)
}

fn read(tags: &Texts) -> Tags {
    Tags::read(tags.iter().map(|(key, text)| (&**key, &**text)))
}

#[test]
fn any_annotation_comes_back_as_it_was() {
    for text in [
        "",
        "step=set",
        r#"{"step":"set"}"#,
        "base64:abc",
        "größer & ☂",
    ] {
        let change = change(&Changes::new(), &set("state", text), &Tags::default()).unwrap();
        let tags = read(&change.set);
        assert!(tags.labels.is_empty());
        assert_eq!(tags.annotations["state"], text);
    }
}

#[test]
fn tags_of_aws_are_no_labels() {
    let tags = Tags::read([("aws:cloudformation:stack", "x"), ("team", "a")].into_iter());
    assert_eq!(
        tags.labels,
        Texts::from([("team".to_owned(), "a".to_owned())])
    );
}

#[test]
fn a_version_keeps_its_note_and_versions_without_a_stage_lose_theirs() {
    let note = Note {
        content_type: Some("application/json".to_owned()),
        labels: Texts::from([("user".to_owned(), "app_a".to_owned())]),
    };
    let none = Changes::new();
    let noted = |number, keep| Wanted {
        labels: &none,
        annotations: &none,
        description: None,
        note: Some(Noted {
            number,
            note: note.clone(),
            keep,
        }),
    };
    let first = TagChange::new("AWS", &noted(1, vec![]), &Tags::default()).unwrap();
    let tags = read(&first.set);
    assert_eq!(tags.notes, BTreeMap::from([(1, note.clone())]));
    assert!(tags.labels.is_empty());
    let kept = TagChange::new("AWS", &noted(2, vec![1]), &tags).unwrap();
    assert!(kept.remove.is_empty());
    let dropped = TagChange::new("AWS", &noted(3, vec![2]), &tags).unwrap();
    assert_eq!(dropped.remove, ["coffer.version:1"]);
}

#[test]
fn what_aws_would_not_take_is_named_before_anything_is_sent() {
    let many = Tags {
        keys: (0..49).map(|number| format!("tag{number}")).collect(),
        ..Tags::default()
    };
    let (none, few) = (Changes::new(), Tags::default());
    for (labels, annotations, tags, part) in [
        (set("aws:x", "y"), none.clone(), &few, "AWS itself"),
        (set("coffer:x", "y"), none.clone(), &few, "coffer itself"),
        (set("a", "b\nc"), none.clone(), &few, "the text of \"a\""),
        (set("a;b", "c"), none.clone(), &few, "\"a;b\""),
        (
            set("a", &"x".repeat(257)),
            none.clone(),
            &few,
            "257 characters",
        ),
        (
            none.clone(),
            set("a", &"x".repeat(49 * 256)),
            &few,
            "would be 51",
        ),
        (
            set(&"k".repeat(129), "c"),
            none.clone(),
            &few,
            "129 characters",
        ),
        (set("one more", "c"), none.clone(), &many, "would be 51"),
    ] {
        let error = change(&labels, &annotations, tags).err().unwrap();
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(change(&set("tag7", "new"), &none, &many).is_ok());
}

#[test]
fn a_text_that_grows_and_shrinks_leaves_no_tag_behind() {
    let none = Changes::new();
    let mut tags = Texts::new();
    for (length, count) in [(700, 3), (300, 2), (1000, 4), (10, 1)] {
        let text = "x".repeat(length);
        let change = change(&none, &set("state", &text), &read(&tags)).unwrap();
        tags.extend(change.set);
        // Before anything is removed it reads as after.
        assert_eq!(read(&tags).annotations["state"], text);
        tags.retain(|key, _| !change.remove.contains(key));
        assert_eq!(read(&tags).annotations["state"], text);
        assert_eq!(tags.len(), count + 1, "{length}, and the revision");
    }
    let removed = Changes::from([("state".to_owned(), None)]);
    let removal = change(&none, &removed, &read(&tags)).unwrap();
    assert_eq!(removal.remove, ["coffer:state"]);
}
