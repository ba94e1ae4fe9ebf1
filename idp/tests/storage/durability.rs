//! What must survive the loss of power is written through; the database itself is asked.

use idp::storage::Durability;

use crate::house::House;

pub fn levels(house: &House) {
    for wanted in [Durability::Full, Durability::Soft, Durability::Full] {
        let said = house
            .store
            .transact_blocking("story", wanted, |tx| tx.durability())
            .expect("it says");
        assert_eq!(said, wanted);
    }
}
