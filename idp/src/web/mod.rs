//! The mouth: pages, cookies, headers; knows no rule of the house.
