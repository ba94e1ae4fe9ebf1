//! The law of control questions, row by row.

use super::*;

fn entry() -> Entry {
    Entry {
        name: "Anna Demosen".into(),
        mother: Some("Karen Margrethe Østergård".into()),
        father: Some("Jørgen Demosen".into()),
        spouse: Some("Søren Åge Møller-Holm".into()),
        children: vec!["Clara Demosen".into(), "Bo Demosen".into()],
        former_addresses: vec![
            "Prøvevej 7, 2. th., 9998 Prøvekøbing".into(),
            "Gammel Strandvej 12".into(),
        ],
        ..Entry::default()
    }
}

#[test]
fn who_may_be_asked_what() {
    let all = Subject::ALL.to_vec();
    let table: [(Entry, Role, Result<Vec<Subject>, Code>); 9] = [
        (entry(), Role::Support, Ok(all.clone())),
        (entry(), Role::Registrar, Ok(all.clone())),
        (entry(), Role::Printer, Err(Code::QuestionsUnfit)),
        (
            Entry {
                protected: true,
                ..entry()
            },
            Role::Support,
            Err(Code::QuestionsUnfit),
        ),
        (
            Entry {
                protected: true,
                ..entry()
            },
            Role::Registrar,
            Ok(all[..4].to_vec()),
        ),
        (
            Entry {
                guardian: true,
                ..entry()
            },
            Role::Registrar,
            Err(Code::QuestionsUnfit),
        ),
        (
            Entry {
                status: CivilStatus::Dead,
                ..entry()
            },
            Role::Registrar,
            Err(Code::QuestionsUnfit),
        ),
        (
            Entry {
                status: CivilStatus::Emigrated,
                ..entry()
            },
            Role::Support,
            Ok(all),
        ),
        (
            Entry {
                name: "Nora".into(),
                mother: Some("Eva Nilsson".into()),
                ..Entry::default()
            },
            Role::Registrar,
            Err(Code::QuestionsFew),
        ),
    ];
    for (entry, role, may) in table {
        assert_eq!(may_ask(&entry, role), may, "{role:?} {entry:?}");
    }
}

#[test]
fn a_name_is_heard_as_people_say_it() {
    let table = [
        ("Karen Margrethe Østergård", "Karen Østergård", true),
        ("Karen Margrethe Østergård", "karen margrethe", true),
        ("Karen Margrethe Østergård", "Østergaard, Karen", true),
        ("Karen Margrethe Østergård", "Karen Oestergaard", true),
        ("Karen Margrethe Østergård", "Karen Østergard", true),
        ("Karen Margrethe Østergård", "Karin Østergård", true),
        ("Karen Margrethe Østergård", "Karen", false),
        ("Karen Margrethe Østergård", "Margrethe Østergård", false),
        ("Karen Margrethe Østergård", "Karen Hansen", false),
        ("Karen Margrethe Østergård", "Karen Karen", false),
        ("Karen Margrethe Østergård", "Karen Margrethe Østergård Hansen", false),
        ("Søren Åge Møller-Holm", "Søren Møller Holm", true),
        ("Bo Holm", "Bo Holm", true),
        ("Bo Holm", "Ib Holm", false),
        ("Bo Holm", "Bo Halm", false),
        ("Madonna", "madonna", true),
        ("Madonna", "", false),
        ("", "", false),
    ];
    for (known, said, same) in table {
        assert_eq!(same_name(known, said), same, "{known} / {said}");
    }
}

#[test]
fn a_street_is_heard_as_people_say_it() {
    let table = [
        ("Prøvevej 7, 2. th., 9998 Prøvekøbing", "Prøvevej", true),
        ("Prøvevej 7, 2. th., 9998 Prøvekøbing", "prøvevej 7", true),
        ("Prøvevej 7, 2. th., 9998 Prøvekøbing", "Proevevej 7", true),
        ("Prøvevej 7, 2. th., 9998 Prøvekøbing", "Prøvevei 7 b", true),
        ("Prøvevej 7, 2. th., 9998 Prøvekøbing", "Prøvevej 9", false),
        ("Prøvevej 7, 2. th., 9998 Prøvekøbing", "Prøvegade", false),
        ("Gammel Strandvej 12", "Gammelstrandvej 12", true),
        ("Gammel Strandvej 12", "Gl. Strandvej 12", false),
        ("Gammel Strandvej 12", "12", false),
        ("Gammel Strandvej 12", "", false),
    ];
    for (known, said, same) in table {
        assert_eq!(same_street(known, said), same, "{known} / {said}");
    }
}

#[test]
fn any_child_and_any_former_address_will_do() {
    let entry = entry();
    assert!(Subject::Child.is_right(&entry, "Bo Demosen") && Subject::Child.is_right(&entry, "Clara Demosen"));
    assert!(Subject::FormerAddress.is_right(&entry, "Gammel Strandvej"));
    assert!(!Subject::Child.is_right(&entry, "Anna Demosen"));
    assert!(!Subject::Spouse.is_right(&Entry::default(), "Søren Holm"));
}

#[test]
fn two_of_three_pass_and_a_fourth_may_decide() {
    let table = [
        (3, 3, true, Standing::Passed),
        (2, 3, true, Standing::Passed),
        (2, 3, false, Standing::Passed),
        (1, 3, true, Standing::OneMore),
        (1, 3, false, Standing::Failed),
        (0, 3, true, Standing::Failed),
        (2, 2, false, Standing::Passed),
        (1, 2, true, Standing::Failed),
        (0, 2, false, Standing::Failed),
    ];
    for (right, asked, left, standing) in table {
        assert_eq!(judge(right, asked, left), standing, "{right} of {asked}");
    }
    assert_eq!(
        (judge_last(true), judge_last(false)),
        (Standing::Passed, Standing::Failed)
    );
}

#[test]
fn subjects_come_back_from_their_words() {
    for subject in Subject::ALL {
        assert_eq!(Subject::parse(subject.as_str()), Some(subject));
    }
}
