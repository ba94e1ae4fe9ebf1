//! What a person proves themself with: password and key card.
