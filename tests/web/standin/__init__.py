"""The stand-in carrier is what the other tests believe: here it is held against Twilio's own words."""
