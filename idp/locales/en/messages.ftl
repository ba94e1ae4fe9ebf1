# E-mails and text messages. No links: the reader types the address.

message-greeting = Hello
message-when = It happened on { $time }.
message-not-you = Was that not you? Then block your eID at once.
message-not-you-short = If that was not you, block your eID at once.
message-help = Type the address { $url } in your browser yourself to see more or to get help.
message-help-phone = Type the address { $url } in your browser yourself to see more. If you need help, call { $phone }.
message-never = We never ask for a password, codes or pictures of your key card in an e-mail or a text message.

message-password-changed-subject = Your password was changed
message-password-changed = The password of your eID was changed.
message-password-blocked-subject = Your password is blocked
message-password-blocked = The password of your eID is blocked. You can order a temporary password and choose a new one with it.
message-user-id-changed-subject = Your user ID was changed
message-user-id-changed = A user ID of your eID was changed.
message-contact-changed-subject = Your contact details were changed
message-contact-changed = The e-mail address or mobile number of your eID was changed.
message-contact-code-subject = Code for self-service
message-contact-code = Your code is { $code }. Type it in self-service before { $time }. Never give it to anybody.
message-card-ordered-subject = A new key card is on its way
message-card-ordered = A new key card was ordered for you. It comes by post. Go on using the present one until it is used up.
message-card-activated-subject = Your new key card is in use
message-card-activated = Your new key card is in use. If you have an old key card, cut it up and throw it away.
message-card-blocked-subject = Your key card is blocked
message-card-blocked = Your key card is blocked and cannot be used any more.
message-card-expires-subject = Your key card expires
message-card-expires = Your key card is valid until { $day }. We will send you a new one. Start using it before the old one expires.
message-card-expired-subject = Your key card has expired
message-card-expired = Your key card has expired and cannot be used any more. If you have a new one, you will be asked for a code from it the next time you log in.
message-device-added-subject = A device with a code app was added
message-device-added = A device with a code app was added to your eID. It can soon be used to approve log-ins.
message-token-ordered-subject = A code token was ordered
message-token-ordered = A code token was ordered for you. It is sent when it has been paid for.
message-token-activated-subject = Your code token is in use
message-token-activated = Your code token is in use. Keep your key card: you need it to block the token.
message-factor-blocked-subject = Your code token or code app is blocked
message-factor-blocked = Your code token or a device with a code app is blocked. You can still log in with your key card.
message-passkey-added-subject = A passkey was added
message-passkey-added = A passkey was added to your eID. It can soon be used to log in.
message-passkey-blocked-subject = Your passkey is blocked
message-passkey-blocked = A passkey of your eID is blocked and cannot be used any more.
message-passkey-copied-subject = Your passkey is blocked
message-passkey-copied = The counter in one of your passkeys was lower than the last time it was used. That can mean that there is a copy of it, so we have blocked it.
message-log-in-code-subject = Your code
message-log-in-code = Your code for { $party } is { $code }.
message-voice-ordered-subject = Calls with codes are ordered
message-voice-ordered = From { $time } a telephone number that was confirmed in self-service can be used to log in: we call it and read a code aloud.
message-voice-blocked-subject = Calls with codes are blocked
message-voice-blocked = We no longer call you with codes.
message-spoken-log-in = Hello. This is { $name }. You are logging in to { $party }. Your code is:
message-spoken-activation = Hello. This is { $name }. Your temporary password is:
message-spoken-number = Hello. This is { $name }. Somebody wants to use this telephone number for calls with codes. The code to confirm it is:
message-spoken-again = Once more: { $digits }.
message-spoken-never = Never tell anybody the code. We never ask you for it on the telephone. If you have not asked for it yourself, hang up and block your eID.
message-passkeys-alone-subject = You now log in with passkeys only
message-passkeys-alone = Key cards, code token, code app and calls with codes are switched off for your eID. You now log in with your passkeys only.
message-activation-ordered-subject = A temporary password was ordered
message-activation-ordered = A temporary password was ordered for your eID. Your password is blocked until you have chosen a new one.
message-activation-password-subject = Your temporary password
message-activation-password = Your temporary password is { $password }. It is valid until { $day } and can be used once.
message-eid-activated-subject = Your eID is active
message-eid-activated = Your eID is active and can be used.
message-eid-blocked-subject = Your eID is blocked
message-eid-blocked = Your eID is blocked and cannot be used.
message-eid-opened-subject = Your eID is open again
message-eid-opened = Your eID is open again. If you no longer have a key card, a new one is on its way.
message-password-opened-subject = Your password is open again
message-password-opened = Your password is open again and can be used.
message-eid-closed-subject = Your eID is closed
message-eid-closed = Your eID is closed and cannot be used any more.
message-log-ins-failed-subject = Somebody has tried to log in with your eID
message-log-ins-failed =
    { $count ->
        [one] There was 1 failed attempt to log in with your eID.
       *[other] There were { $count } failed attempts to log in with your eID.
    }
