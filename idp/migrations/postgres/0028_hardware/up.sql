-- An eID on hardware: cards serve for putting it into use and for adding the key in its holder's own device, and none is sent by itself.
ALTER TABLE eids ADD COLUMN on_hardware BOOLEAN NOT NULL DEFAULT FALSE;
