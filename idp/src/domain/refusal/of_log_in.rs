//! The codes of logging in: the ceremony, its factors, and the vocabulary of the original. Handed on to whoever makes the enum.

macro_rules! of_log_in {
    ($next:ident) => {
        $next! {
            /// The one answer for an unknown user-ID, a wrong password, a closed lane and a block (a stranger cannot tell them apart).
            LoginFailed = "login.failed";
            /// The flow is older than its ten minutes.
            LoginExpired = "login.expired";
            /// The flow was begun in another browser.
            LoginWrongBrowser = "login.wrong_browser";
            /// Too many tries under way for this eID at once; nothing was counted.
            LoginBusy = "login.busy";
            /// So many ask that a stranger waits before the log-in; a place in the line was given.
            LoginWait = "login.wait";
            /// So many ask that there is no place in the line for now.
            LoginFull = "login.full";
            /// A finished log-in was sent again after the minute of grace.
            LoginRepeatTooLate = "login.repeat_too_late";
            /// The form was not ours or not of this flow.
            LoginCsrf = "login.csrf";
            /// The party asked for no interaction, and interaction is needed.
            LoginPassive = "login.passive";
            /// The party asked for no interaction, and the person has not said yet whether it may know what it asks for.
            LoginConsent = "login.consent";
            /// Neither yes nor no was said.
            ConsentRequired = "consent.required";
            /// Somebody else than the person asked for.
            LoginSubjectMismatch = "login.subject_mismatch";
            /// The asked-for level cannot be reached with what the person holds.
            LoginLevelUnmet = "login.level_unmet";
            /// The code does not stand beside the shown index.
            CodeWrong = "code.wrong";
            /// The shown index was burnt meanwhile; a fresh one is shown, nothing was counted.
            CodeUsed = "code.used";
            /// Not six digits.
            CodeFormat = "code.format";
            /// No code typed.
            CodeRequired = "code.required";
            /// The party takes none of the factors that the person holds.
            FactorNotTaken = "factor.not_taken";
            /// No factor was chosen, or one that cannot be used here.
            FactorRequired = "factor.required";
            /// The code is none that the token shows now.
            TokenWrong = "token.wrong";
            /// The token has run away: the code after it is asked for.
            TokenNext = "token.next";
            /// The token's code was used before; nothing was counted.
            TokenUsed = "token.used";
            /// Not the digits of a code token.
            TokenFormat = "token.format";
            /// No code of the token typed.
            TokenRequired = "token.required";
            /// This try blocked the code token, or it is blocked.
            TokenBlocked = "token.blocked";
            /// The token's state does not allow it.
            TokenState = "token.state";
            /// No token with that serial number.
            TokenNotFound = "token.not_found";
            /// Another token of the same eID is in use.
            TokenInUse = "token.in_use";
            /// A token that was sent is not put into use any more: too many codes were wrong.
            TokenVoid = "token.void";
            /// An order says that its price is accepted.
            TokenAccept = "token.accept";
            /// The price is another than the one that was shown.
            TokenPrice = "token.price";
            /// The app has not approved yet.
            AppWaiting = "app.waiting";
            /// The app rejected the log-in, or somebody answered with another number.
            AppRejected = "app.rejected";
            /// Nobody answered in time.
            AppLapsed = "app.lapsed";
            /// Too many questions were not approved: the app is not asked for a while.
            AppRests = "app.rests";
            /// Nobody asks that, or not any more.
            AppNoQuestion = "app.no_question";
            /// The app's waiting time is not over.
            AppTooEarly = "app.too_early";
            /// No such device, or it was blocked.
            AppUnknown = "app.unknown";
            /// The signature does not hold.
            AppSignature = "app.signature";
            /// The app's clock is off.
            AppClock = "app.clock";
            /// Not the two digits of the page.
            AppNumber = "app.number";
            /// No hand-over waits for an app under these digits.
            AppHandover = "app.handover";
            /// A device needs a name of one line.
            AppName = "app.name";
            /// The eID has as many devices as it may.
            AppTooMany = "app.too_many";
            /// The code is not the one that was read aloud.
            VoiceWrong = "voice.wrong";
            /// The code that was read aloud serves no longer.
            VoiceLapsed = "voice.lapsed";
            /// This try blocked voice response.
            VoiceBlocked = "voice.blocked";
            /// So many calls were made that no further one is, for a while.
            VoiceRests = "voice.rests";
            /// The eID has no number that is called.
            VoiceUnknown = "voice.unknown";
            /// Not a Danish, Faroese or Greenlandic number.
            VoiceNumber = "voice.number";
            /// An order says that its price is accepted.
            VoicePrice = "voice.price";
            /// The operator calls nobody.
            VoiceOff = "voice.off";
            /// The eID is on hardware, and no key is bound to it that could be asked.
            HardwareUnbound = "hardware.unbound";
            /// The passkey's waiting time is not over.
            PasskeyTooEarly = "passkey.too_early";
            /// The browser brought no answer of a passkey.
            PasskeyRequired = "passkey.required";
            /// The answer of the passkey does not hold.
            PasskeyWrong = "passkey.wrong";
            /// The passkey did not check who holds it.
            PasskeyUnverified = "passkey.unverified";
            /// No such passkey, or it was blocked.
            PasskeyUnknown = "passkey.unknown";
            /// The passkey's counter went back: there may be two of it; it is blocked.
            PasskeyCopied = "passkey.copied";
            /// A passkey needs a name of one line.
            PasskeyName = "passkey.name";
            /// The passkey is known here already.
            PasskeyKnown = "passkey.known";
            /// The eID has as many passkeys as it may.
            PasskeyTooMany = "passkey.too_many";
            /// The push address is none.
            AppPush = "app.push";
            /// No user-ID typed.
            UserIdRequired = "user_id.required";
            /// No password typed.
            PasswordRequired = "password.required";
            /// This try closed the lane for eight hours.
            Lock001 = "LOCK001";
            /// This try blocked the password for good.
            Lock002 = "LOCK002";
            /// This try blocked the key card, or it was blocked by such a try.
            Lock003 = "LOCK003";
            /// Password tries exceeded: blocked.
            Auth001 = "AUTH001";
            /// Logged in, but the eID is not linked to this bank.
            Auth003 = "AUTH003";
            /// The lane is closed for a time.
            Auth004 = "AUTH004";
            /// Locked: too many wrong passwords.
            Auth005 = "AUTH005";
            /// No codes left on the card and none pending.
            Auth006 = "AUTH006";
            /// The password was blocked.
            Auth007 = "AUTH007";
            /// Not activated, and no live activation password.
            Auth008 = "AUTH008";
            /// The party does not accept the key card.
            Auth019 = "AUTH019";
            /// Netbank-only; may be extended to public use.
            Oces001 = "OCES001";
            /// Identity was never proven to the level of a certificate.
            Oces002 = "OCES002";
            /// Another eID of the same person has the certificate.
            Oces003 = "OCES003";
            /// Netbank-only for good: under 15 or no CPR number.
            Oces004 = "OCES004";
            /// The certificate could not be issued.
            Oces005 = "OCES005";
            /// Only expired or revoked certificates.
            Oces006 = "OCES006";
            /// The person cancelled the log-in.
            Can002 = "CAN002";
        }
    };
}
