use super::super::wire::Attributes;
use super::*;

const NOW: i64 = 1_700_000_000;

fn now() -> Timestamp {
    time(NOW).unwrap()
}

/// A version that was stored so many seconds ago.
fn item(id: &str, age: i64, tags: Tags) -> Item {
    Item {
        id: format!("https://fake.vault.azure.net/secrets/db/{id}"),
        attributes: Attributes {
            created: Some(NOW - age),
            ..Attributes::default()
        },
        tags: Some(tags),
        ..Item::default()
    }
}

fn own(id: &str, age: i64, number: u64, state: State) -> Item {
    let note = Note {
        number,
        state,
        write: id.to_owned(),
        ..Note::default()
    };
    let mut record = Record::default();
    record.make_current(number, NOW - age);
    item(
        id,
        age,
        write_tags(&Tags::new(), &note, &record, None, None).unwrap(),
    )
}

fn view(items: Vec<Item>) -> View {
    View::new(&SecretName::parse("db").unwrap(), items, now())
}

fn numbered(items: Vec<Item>) -> Vec<(u64, String)> {
    let view = view(items);
    view.versions
        .iter()
        .map(|it| (it.number(), it.id().to_owned()))
        .collect()
}

fn pairs(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
    expected
        .iter()
        .map(|(number, id)| (*number, (*id).to_owned()))
        .collect()
}

#[test]
fn of_writers_that_are_ready_the_first_by_its_id_has_the_number() {
    let ready = |id: &str| own(id, 5, 2, State::Ready);
    for order in [["a", "b"], ["b", "a"]] {
        let mut items = vec![own("z", 50, 1, State::Done)];
        items.extend(order.map(ready));
        assert_eq!(numbered(items), pairs(&[(1, "z"), (2, "a")]));
    }
}

#[test]
fn while_a_writer_is_at_work_nobody_has_its_number() {
    let items = |age: i64| {
        vec![
            own("z", 500, 1, State::Done),
            own("a", 5, 2, State::Ready),
            own("b", age, 2, State::Writing),
        ]
    };
    let undecided = view(items(5));
    assert_eq!((undecided.latest(), undecided.open.len()), (1, 2));
    // Unless it has been for so long that it is gone.
    assert_eq!(numbered(items(91)), pairs(&[(1, "z"), (2, "a")]));
}

#[test]
fn who_has_come_to_an_end_has_the_number_whatever_others_left() {
    let items = || {
        vec![
            own("b", 5, 1, State::Done),
            own("a", 5, 1, State::Ready),
            own("c", 5, 1, State::Lost),
        ]
    };
    assert_eq!(numbered(items()), pairs(&[(1, "b")]));
    // Whoever was ready too waits for nothing.
    assert!(view(items()).open.is_empty());
}

#[test]
fn versions_of_others_are_numbered_by_the_second_and_never_twice() {
    let items = vec![
        item("b", 10, Tags::new()),
        item("a", 10, Tags::new()),
        item("c", 9, Tags::new()),
        own("d", 8, u64::try_from(NOW - 9).unwrap(), State::Done),
    ];
    let first = u64::try_from(NOW - 10).unwrap();
    assert_eq!(
        numbered(items),
        pairs(&[
            (first, "a"),
            (first + 1, "d"),
            (first + 2, "b"),
            (first + 3, "c")
        ])
    );
}

#[test]
fn what_others_store_later_is_current_and_what_was_before_previous() {
    let labels = Tags::from([("owner".to_owned(), "platform".to_owned())]);
    let found = view(vec![own("a", 60, 1, State::Done), item("b", 5, labels)]);
    let theirs = u64::try_from(NOW - 5).unwrap();
    assert_eq!(
        (found.record.current, found.record.previous),
        (Some(theirs), Some(1))
    );
    assert_eq!(found.labels["owner"], "platform");
    assert_eq!(found.before(theirs).unwrap().record.current, Some(1));
    assert!(found.before(1).is_none());
}
