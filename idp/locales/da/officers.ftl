# Det, sagsbehandlere læser op.

question-mother = Hvad hedder din mor?
question-father = Hvad hedder din far?
question-spouse = Hvad hedder din ægtefælle?
question-child = Hvad hedder et af dine børn?
question-former-address = På hvilken vej har du boet før?
