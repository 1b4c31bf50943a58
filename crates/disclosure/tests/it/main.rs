//! Protection is proven by attack: what `protect` answers, independent attackers try to break.

mod drawn;
