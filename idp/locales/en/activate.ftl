# First use, and ordering a temporary password.

activate-title = Activate your eID
activate-lead = Use this page when you have got a temporary password. You choose a password of your own and give a code from your key card.
activate-user-id-hint = Your eID number is in the welcome letter. If you have a user ID already, you can use that.
activation-password = Temporary password
activation-password-hint = The 6 digits that you got in a letter or a text message.
activate-order-link = Order a temporary password
activate-later = Have you chosen a password and waited for your key card? Then simply log in to a service. You are asked for a code from the card, and that puts your eID into use.

terms-title = Rules for your eID
terms-lead = You have to accept the rules to use your eID.
terms-1 = Your eID is personal. You must not let anybody else use it – not your family either.
terms-2 = Never give your password, your codes or a picture of your key card to anybody. We never ask for them on the telephone, in an e-mail or in a text message.
terms-3 = Keep the key card where others cannot see it, and never together with your password.
terms-4 = Do not copy or photograph the key card, and do not write the codes down.
terms-5 = Block your key card or your password at once if you lose the card, or if others may have seen the card or know your password.
terms-6 = See to it that we have your right address, e-mail address and mobile number, so that we can tell you when something changes.
terms-accept = I have read the rules and accept them

choose-title = Choose a password
choose-lead = Choose a password that only you know and that you use nowhere else.
choose-password = New password
choose-password-hint = 6 to 40 characters with both letters and digits. Or exactly 4 digits.
choose-again = Repeat the password
choose-again-hint = Type the same password again.
choose-user-id = User ID (optional)
choose-user-id-hint = 5 to 48 characters without æ, ø and å. You can always log in with your eID number.

first-code-title = A code from your key card
first-code-lead = Your password is chosen. Give a code from the key card, and your eID is in use.
first-code-later = Have you not got your key card yet? Then simply close this page. When it has come, log in to a service with your new password, and you are asked for a code from the card.

card-later-title = Your password is chosen
card-later-lead = Only your key card is missing. You need not wait here, and you do not need the temporary password any more.
card-later-then = When the card has come, log in to a service with the password that you have just chosen. You are asked for a code from the card, and that puts your eID into use.
card-later-again = I have got the card

activated-title = Your eID is in use
activated-lead = You can now log in with your user ID, your password and your key card.
activated-advice = Throw the letter with the temporary password away. It cannot be used again.
activated-start = To the start page
activated-key-lead = Your eID is on hardware: now add the security key that you want to log in with. Log in to self-service with your user ID, your password and your key card, and have the security key at hand.
activated-key-card = The key card does not work at services. When you have added the security key and switched everything else off you can throw the card away.
activated-key-go = Add the security key

order-activation-title = Order a temporary password
order-activation-warning = If you order one, your present password is blocked at once. It cannot be used again – not even if you remember it.
order-activation-lead = If you have forgotten your password, or it is blocked, type your user ID and the number of your key card.
order-activation-submit = Order
order-activation-other = Do you not have your key card, or is it blocked? Then contact support, or go to citizen service in your municipality with your passport or driving licence. You cannot be told your user ID here. You can always use your eID number, and your CPR number unless you have switched that off.
card-number = Number of the key card
card-number-hint = One letter and 9 digits. It is at the top of the card.

activation-ordered-title = Thank you for your order
activation-ordered-lead = If user ID and key card belong together, a temporary password is on its way to you, in a letter to your address in the CPR register or in a text message to the mobile number that we have. A letter usually comes within 3-4 working days.
activation-ordered-then = When you have it, choose Activate on the start page.
activation-ordered-not = For the sake of security we cannot tell whether what you typed was right. You can order one a day at most. If nothing comes, contact support.
