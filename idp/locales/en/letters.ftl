# Letters.

letter-collect = To be collected
letter-eid-number = Your eID number
letter-card-number = Card number
letter-index = No.
letter-help-phone = If you need help, call { $phone }.
letter-help = If you need help, type the address { $url } in your browser, or go to citizen service in your municipality.

letter-welcome-title = Welcome to { $name }
letter-welcome-1 = You have been given an eID to log in with. Self-service shows where it can be used, once you have activated it. Your eID has this number:
letter-welcome-2 = You will also get a key card and a temporary password. If they are posted, each comes in a letter of its own, and not on the same day. If you fetch them yourself, or got them in another way, use those.
letter-welcome-3 = When you have the temporary password, type the address { $url } in your browser and choose Activate. You need the eID number, the temporary password and – when it has come – a code from the key card.
letter-welcome-4 = Keep this letter. Or choose a user ID that is easier to remember when you activate.
letter-welcome-hardware = Your eID is on hardware: you log in with a security key of your own. You need the key card only when you activate and when you add the security key in self-service afterwards. It does not work at services, and no more cards will come.

letter-card-title = Your new key card
letter-card-1 = Here is your key card. Cut it out and fold it so that it fits in your wallet.
letter-card-hardware = Your eID is on hardware. Use the card only to activate and to add your security key in self-service. It does not work at services. When you have added the security key and switched everything else off you can throw the card away.
letter-large-card-1 = Here is your key card in large print. The codes are on the next pages.
letter-card-2 = The first time you need it, you are asked for a code from it, and that puts it into use. If you have an old key card, use that until it is used up.
letter-card-3 = Never keep the key card together with your password. You must not copy, photograph or write down the codes, or give them to anybody – not to us either.
letter-card-4 = If you lose the card, or others have seen it, type the address { $url } in your browser and block it at once.

letter-activation-title = Your temporary password
letter-activation-1 = With this temporary password you choose a password of your own for your eID:
letter-activation-password = Temporary password
letter-activation-until = It can be used once, and is valid until { $day }.
letter-activation-2 = Type the address { $url } in your browser and choose Activate. You also need your eID number, which is in your welcome letter, or your user ID.
letter-activation-3 = Never give the temporary password to anybody. We never ask for it on the telephone, in an e-mail or in a text message.
letter-activation-4 = If you did not ask for it, contact us.

letter-renewal-title = Your key card expires
letter-renewal-1 = A key card is valid for three years, and your present one will soon be too old.
letter-renewal-day = It is valid until { $day }.
letter-renewal-2 = We will send you a new one. Start using it before the old one expires: type the address { $url } in your browser, log in, and choose Key cards.
letter-renewal-3 = You keep your user ID and your password.

letter-order-refused-title = Your order of an eID
letter-order-refused-1 = An eID was ordered at { $url } with your CPR number. We could not issue it:
letter-order-refused-2 = If it is something you can put right yourself, order again at { $url }. Otherwise go to the citizen service centre of your municipality with identification. Always type the address in your browser yourself.
letter-order-refused-3 = If you have not ordered anything, somebody else has used your CPR number. Nothing was issued, and you need not do anything. If it happens again, contact us.

letter-ordered-again-title = You already have an eID
letter-ordered-again-1 = An eID was ordered at { $url } with your CPR number. You already have one, so we have not issued another.
letter-ordered-again-2 = If you want to use your eID in more places, or want another eID, type the address { $url } in your browser. Choose “Order an eID” and then “Use the eID from your bank”. You log in with the eID that you have.
letter-ordered-again-3 = If you have not ordered anything, somebody else has used your CPR number and the number of your passport or driving licence. Contact us if you are in doubt.
letter-order-because = There is something about your case that we cannot handle online.
letter-order-because-document-not-confirmed = The number of your passport or driving licence could not be confirmed. Perhaps it was mistyped, or the document was reported lost.
letter-order-because-proofing-document-expired = Your passport or driving licence has expired.
letter-order-because-proofing-in-person = You must come in person to the citizen service centre of your municipality to get an eID.
letter-order-because-proofing-residence-pending = Your residence case has not been decided yet.
letter-order-because-proofing-too-young = You must be 15 or older.
letter-order-because-order-delivery = It could not be handed over as you chose. If you live abroad, choose a place where you fetch key card and temporary password and show your passport. Otherwise choose another place, or have it posted.
letter-order-because-order-consents = The rules have changed since you ordered.
letter-order-because-public-use-officer = The use of your earlier eID was ended by an officer. Contact the citizen service centre of your municipality.
