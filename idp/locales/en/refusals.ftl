# Why the answer is no: one text for each code (docs/glossary.md, domain/refusal.rs).

refusal-login-failed = The user ID or password is wrong, or your eID is locked or blocked.
refusal-login-expired = You must log in within 10 minutes. Begin again at the service.
refusal-login-wrong-browser = You began in another browser. Begin again in this one.
refusal-login-busy = Too many attempts with your eID are under way. Wait a moment and try again.
refusal-login-repeat-too-late = You have already logged in from here. Begin again at the service.
refusal-login-csrf = The page was too old or came from somewhere else. Try again.
refusal-login-passive = You are not logged in.
refusal-login-consent = You have not said whether the service may have the data it asks for.
refusal-consent-required = Choose yes or no.
refusal-login-subject-mismatch = You logged in as someone other than the person the service asked for.
refusal-login-level-unmet = The service needs a higher level of assurance than your eID can give.
refusal-login-wait = More people want to log in just now than we can serve. You are in the queue and keep your place.
refusal-login-full = So many people want to log in just now that the queue is full. The page tries again by itself.
refusal-code-wrong =
    { $left ->
        [none] The code is wrong. Check the number and try again.
        [one] The code is wrong. You have 1 attempt left before your key card is blocked.
       *[other] The code is wrong. You have { $left } attempts left before your key card is blocked.
    }
refusal-code-used = The code has just been used. Here is a new number.
refusal-code-format = A code is 6 digits.
refusal-code-required = Type the code.
refusal-factor-not-taken = The service does not take the ways to log in that you have.
refusal-factor-required = Choose how you want to log in.
refusal-hardware-unbound = Your eID is on hardware, and there is no security key that we could ask for.
refusal-token-wrong =
    { $left ->
        [none] The code is wrong. Look at the display of your code token and try again.
        [one] The code is wrong. You have 1 attempt left before your code token is blocked.
       *[other] The code is wrong. You have { $left } attempts left before your code token is blocked.
    }
refusal-token-next = Your code token is out of step. Type the next code that it shows.
refusal-token-used = That code has been used. Wait until your code token shows a new one.
refusal-token-format = The code is the 6 to 8 digits that your code token shows.
refusal-token-required = Type the code that your code token shows.
refusal-token-blocked = Your code token is blocked.
refusal-token-state = The code token cannot be used for that.
refusal-token-not-found = No code token with that number was sent to you.
refusal-token-in-use = You have a code token already. Block it before you take another one.
refusal-token-void = The code token cannot be put into use: too many wrong codes were typed. Contact support to get another one.
refusal-token-accept = Tick the box if you want to order at that price.
refusal-token-price = The price has changed. See the new price, and tick the box again if you want to order.
refusal-app-waiting = You have not approved in your code app yet.
refusal-app-rejected = The log-in was rejected in your code app, or the number was wrong. Was it not you? Then change your password.
refusal-app-lapsed = You did not approve in time. Choose again how you want to log in.
refusal-app-rests = Your code app was asked too many times without an answer. Use another way, or wait an hour.
refusal-app-no-question = There is nothing to approve, or it is too late.
refusal-app-too-early = Your code app cannot be used yet.
refusal-app-unknown = We do not know that device. It may have been blocked.
refusal-app-signature = The app's signature does not hold.
refusal-app-clock = The clock of the device is wrong.
refusal-app-number = Type the two digits that the log-in page shows.
refusal-app-handover = The digits are wrong or too old. Begin again on the page.
refusal-app-name = Give the device a name of at most 40 characters.
refusal-voice-wrong = The code is wrong.
refusal-voice-lapsed = The code is no longer valid. Ask for another call.
refusal-voice-blocked = Too many codes were wrong. Calls with codes are blocked, and you are logged out everywhere.
refusal-voice-rests = We have called you too many times. Wait an hour, or use another way.
refusal-voice-unknown = You have no number that we call.
refusal-voice-number = Give a telephone number of Denmark, the Faroe Islands or Greenland.
refusal-voice-price = Tick the box if you want to order at the price that stands here.
refusal-voice-off = Calls with codes cannot be ordered here.
refusal-passkey-too-early = Your security key has been added, but it cannot be used yet.
refusal-passkey-required = Your browser sent no answer from a passkey. That takes JavaScript. Try again, or use another way.
refusal-passkey-wrong = The answer of your passkey could not be used. Try again.
refusal-passkey-unverified = Your passkey did not ask you for a PIN, a fingerprint or your face. It must be able to.
refusal-passkey-unknown = We do not know that passkey. It may have been blocked.
refusal-passkey-copied = The counter in your passkey was lower than the last time it was used. That can mean that there is a copy of it, so we have blocked it. Use another way.
refusal-passkey-name = Give the passkey a name of at most 40 characters.
refusal-passkey-known = That passkey has already been added.
refusal-passkey-too-many = You cannot have more passkeys. Block one before you add another.
refusal-app-push = The app's push address cannot be used.
refusal-app-too-many = You have 3 devices already. Block one before you add another.
refusal-user-id-required = Type your user ID.
refusal-password-required = Type your password.

refusal-LOCK001 =
    { $until ->
        [none] You typed it wrong too many times. Your eID is locked for 8 hours.
       *[other] You typed it wrong too many times. Your eID is locked until { $until }.
    }
refusal-LOCK002 = You typed it wrong too many times. Your password is blocked.
refusal-LOCK003 = Wrong codes were typed too many times. Your key card is blocked.
refusal-AUTH001 = Your password is blocked because it was typed wrong too many times.
refusal-AUTH003 = Your log-in is in order, but your eID is not linked to this bank.
refusal-AUTH004 =
    { $until ->
        [none] Your eID is locked for a while. Try again later.
       *[other] Your eID is locked for a while. Try again after { $until }.
    }
refusal-AUTH005 = Your eID is blocked because the password was typed wrong too many times.
refusal-AUTH006 = There are no more codes on your key card.
refusal-AUTH007 = Your password is blocked.
refusal-AUTH008 = Your eID is not activated, or the temporary password is no longer valid.
refusal-AUTH019 = The service does not accept key cards. Use the code app or a code token.
refusal-OCES001 = Your eID only gives access to netbank.
refusal-OCES002 = Your eID cannot be used here, because it has not been confirmed surely enough who you are.
refusal-OCES003 = This eID can be used in netbank only. Perhaps you have another eID that can be used here.
refusal-OCES004 = Your eID can only be used in netbank.
refusal-OCES005 = The certificate could not be issued. Try again, or contact support.
refusal-OCES006 = Your eID no longer has a valid certificate and can be used in netbank only.
refusal-CAN002 = You cancelled.

refusal-cpr-format = A CPR number is 10 digits.
refusal-cpr-date = The first 6 digits of the CPR number are not a date.
refusal-cpr-demo-number = That is a test number. It cannot be used here.
refusal-cpr-real-number = Use only test numbers in the demo.
refusal-cvr-format = A CVR number is 8 digits.
refusal-cvr-check = This is not a valid CVR number.
refusal-cvr-demo-number = That is a test number. It cannot be used here.
refusal-cvr-real-number = Use only test numbers in the demo.
refusal-user-id-too-short = A user ID has at least 5 characters.
refusal-user-id-too-long = A user ID has at most 48 characters.
refusal-user-id-characters = Use only the letters a–z, digits and common signs – not æ, ø and å.
refusal-user-id-like-number = A user ID must not look like an eID number.
refusal-user-id-like-cpr = A user ID must not look like a CPR number.
refusal-user-id-taken = The user ID is taken. Choose another one.
refusal-user-id-space = A user ID must not begin or end with a space.
refusal-password-too-short = The password must have at least 6 characters.
refusal-password-too-long = The password must have at most 40 characters.
refusal-password-letters-digits = The password must have both letters and digits.
refusal-password-repeated = The password must not have the same character four times in a row.
refusal-password-space = The password must not begin or end with a space.
refusal-password-contains-number = The password must not contain your CPR number or eID number.
refusal-password-contains-user-id = The password must not contain your user ID.
refusal-password-characters = The password has a character that cannot be seen. Clear the field and type it again.
refusal-password-classic-characters = Use only the letters a–z, digits and common signs – not æ, ø and å.
refusal-password-four-digits-equal = The four digits must not be equal.
refusal-password-four-digits-run = The four digits must not be a run.
refusal-password-four-digits-cpr = The four digits must not come from your CPR number.
refusal-password-differs = The two passwords differ.
refusal-password-common = The password is too easy to guess.

refusal-activation-required = Type the temporary password.
refusal-activation-failed = What you typed does not belong together, or the temporary password is not valid any more. After several wrong attempts you have to wait for 8 hours. You can order a new one.
refusal-activation-expired = It took too long, or something has changed meanwhile. If you have chosen a password, simply log in. Otherwise begin again – the temporary password has not been used.
refusal-terms-required = You have to accept the rules to go on.
refusal-keycard-number-required = Type the number of your key card.

refusal-password-old-wrong = The present password is wrong.
refusal-password-unchanged = The new password is the same as the old one.
refusal-user-id-too-many = You have tried too many names today. Try again tomorrow.
refusal-user-id-cpr = The CPR number can be the user ID only of somebody who has a CPR number and one eID.
refusal-email-format = Type an e-mail address, for example name@example.dk, or leave the field empty.
refusal-email-differs = The two e-mail addresses differ.
refusal-phone-format = Type a mobile number, for example 80307050, or leave the field empty.
refusal-own-log-in = You are not logged in to self-service, or it is too long ago. Log in again.
refusal-own-again = Log in again to do this.
refusal-own-nothing = There is nothing left to take back.
refusal-contact-code-required = Type the code that you were given.
refusal-contact-code-wrong = The code is wrong or too old.
refusal-contact-too-many = Too many codes were sent or tried. Try again later.
refusal-own-confirm = Choose, or tick the box here, to go on.
refusal-own-text-changed = The text has changed since you read it. Read it again, and tick the box anew.

refusal-request-malformed = The service sent us something that we do not understand.
refusal-request-too-large = What the service sent is too large.
refusal-request-too-slow = What you sent did not arrive in time. Try again.
refusal-request-unknown-party = We do not know the service that sent you here.
refusal-request-redirect-uri = The service asked us to send you to an address that we do not know.
refusal-request-duplicate = The service sent the same thing twice.
refusal-request-replayed = The request was answered already. Begin again at the service.
refusal-request-unavailable = We cannot answer just now. Try again in a moment.
refusal-request-not-found = There is nothing at this address. Perhaps it is misspelt.
refusal-request-method = The page cannot be used in that way.
refusal-keycard-state = The key card cannot be used for that.
refusal-keycard-expired = Your key card has expired.
refusal-keycard-on-its-way = Your key card is on its way to you.
refusal-keycard-enough = You have as many unused key cards as you can have.
refusal-keycard-proof = Your key card is blocked. You get a new one at citizen service or your bank, when you show who you are.
refusal-keycard-threshold = Choose a number from 5 to 60.
refusal-keycard-not-found = We know no key card with that number.
refusal-party-unknown = We do not know that service.

refusal-ra-token = The call needs an access token that is valid.
refusal-ra-scope = The access token is not for the officers' API.
refusal-ra-assertion = The officer's assertion is missing or not valid.
refusal-ra-replayed = The officer's assertion has been used already.
refusal-ra-role = The officer's role does not allow this.
refusal-ra-own-case = Nobody acts in a case of their own.
refusal-ra-not-found = There is nothing here by that name, or it is not a matter of yours.
refusal-ra-reason = Give a reason of 3 to 200 characters on one line, without CPR numbers.
refusal-ra-key-missing = The act needs an Idempotency-Key of 8 to 64 characters.
refusal-ra-key-reused = The Idempotency-Key has been used for something else.
refusal-ra-too-many = Too many calls. Wait a moment and try again.
refusal-ra-proof = It must be shown who the person is, in a way that the officer's role may take.
refusal-questions-unfit = No control questions may be asked about this person in this way. A document helps.
refusal-questions-few = The register knows too little to ask. A document or a witness helps.
refusal-questions-rest = Too many rounds of control questions about this person today. A document helps.
refusal-questions-over = The round of control questions is over.
refusal-register-unavailable = The register does not answer. Try again later.
refusal-eid-state = The state of the eID does not allow it.
refusal-password-state = The state of the password does not allow it.

refusal-proofing-documents = What was shown is not enough to prove who the person is.
refusal-proofing-document-not-accepted = The document is not on the list of accepted identification.
refusal-proofing-document-expired = The document has expired.
refusal-proofing-last-day = Tell the last day on which the document is valid.
refusal-proofing-home-visit = Home visits are for people who have neither passport nor driving licence. With one of them an eID can be ordered online.
refusal-proofing-document-too-old = The document is too old, or its date is missing.
refusal-proofing-health-card = A foreign document needs the yellow health card beside it.
refusal-proofing-cpr-not-shown = Nothing that was shown bears the CPR number.
refusal-proofing-second-paper = Without photo identification, two different documents must be shown.
refusal-proofing-papers-alike = The two documents must be of different kinds.
refusal-proofing-paper-anchor = One of the documents must be a health card, a baptism certificate or a name certificate.
refusal-proofing-witness = Whoever has been in Denmark only a short time needs a witness.
refusal-proofing-in-person = An eID cannot be ordered online in this case. Go to citizen service in the municipality.
refusal-proofing-too-young = The age is too low for this eID. Use with public authorities requires the age of 15.
refusal-proofing-no-cpr = An eID for public use requires a Danish CPR number.
refusal-proofing-residence-pending = The residence case has not been decided yet.
refusal-proofing-person-ended = The person is registered as dead or disappeared.
refusal-proofing-unknown-person = The civil register does not know the number.
refusal-proofing-witness-unfit = The witness must be 18 or older, have a CPR number, show a valid photo document of their own and sign the declaration.
refusal-proofing-guardian = The person is under guardianship. The guardian must come along and sign as witness.
refusal-order-has-eid = The person has an eID already.
refusal-order-customer-taken = The bank uses that customer number for another person already.
refusal-order-consents = The rules must be accepted, and each of the four consents given, in the version that is in force.
refusal-order-no-address = There is no registered address that letters could go to. Choose pick-up.
refusal-order-delivery = It cannot be handed over in that way. Choose another way.
refusal-order-expired = The pages were open for too long, or they were opened in another browser. Begin again.
refusal-order-full = So many orders are waiting that we cannot take more right now. Try again in a couple of hours.
refusal-order-too-many = Too many tries in the last 24 hours. Try again tomorrow, or go to the citizen service centre of your municipality.
refusal-order-not-yours = The CPR number is not that of the eID that you are logged in with.
refusal-document-kind = Choose passport or driving licence.
refusal-document-number = Type the number as it stands on your passport or driving licence.
refusal-document-not-confirmed = The number could not be confirmed. See whether it is right, and whether you chose the right document.
refusal-public-use-officer = Use outside netbank was ended by an officer. Go to the citizen service centre of your municipality.
refusal-certificate-none = Your eID has no certificate that is valid.
refusal-certificate-nothing-new = There is no reason to renew the certificate: the name in the civil register is the same, and the certificate does not end soon. If the register has a wrong name, have it put right there first.
