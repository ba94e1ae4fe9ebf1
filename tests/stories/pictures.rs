//! The pictures of the README. `make screenshots` sets the folder; without it they go where nobody looks.

use std::path::PathBuf;

use acceptance::chromium::Chromium;
use acceptance::{Database, House, program};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_the_log_in_and_the_demo() {
    let house = House::on(Database::Sqlite).await;
    let folder = match std::env::var_os("SCREENSHOTS") {
        Some(folder) => program::root().join(PathBuf::from(folder)),
        None => house.folder().to_path_buf(),
    };
    std::fs::create_dir_all(&folder).unwrap();
    let person = house.citizen("anna").person;
    let skat = house.service("skat");
    let chromium = Chromium::open(&house).await;
    chromium.goes_to(&format!("{}/", skat.origin)).await;
    chromium.takes_picture(&folder.join("demo-services.png")).await;
    chromium.goes_to(&skat.login()).await;
    chromium.comes_to_step("credentials").await;
    chromium.takes_picture(&folder.join("log-in.png")).await;
    chromium.types("user_id", person.user_id.as_deref().unwrap()).await;
    chromium.types("password", person.password.as_deref().unwrap()).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("code").await;
    chromium.takes_picture(&folder.join("key-card.png")).await;
    chromium.answers_card(&person).await;
    chromium.arrives_at(&skat.at("")).await;
    chromium.goes_to(&skat.at("me")).await;
    chromium.takes_picture(&folder.join("demo.png")).await;
    for picture in ["demo-services", "log-in", "key-card", "demo"] {
        let file = folder.join(format!("{picture}.png"));
        assert!(
            std::fs::metadata(&file).unwrap().len() > 5_000,
            "{} is empty",
            file.display()
        );
    }
    chromium.closes().await;
}
