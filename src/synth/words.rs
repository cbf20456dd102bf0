//! The vocabulary: several thousand words of some languages, with accents, Dutch and German compounds, and a few emoji.

use super::random::Random;
use super::zipf::Zipf;

const ENGLISH: &str = "turn lights on off when the and motion is detected at night in of for to a with after door \
window kitchen bedroom living room bathroom garage hallway office garden lamp light switch fan heater thermostat \
temperature humidity sensor alarm notify phone home away arrive leave sunset sunrise morning evening daytime weekend \
weekday holiday vacation guest sleep wake bed tv media player music speaker volume doorbell camera snapshot person \
presence zone battery low warning washing machine dryer dishwasher finished laundry coffee maker vacuum robot clean \
start stop pause reset update restart backup water leak flood smoke fire carbon monoxide gas valve pump irrigation \
sprinkler plant soil moisture rain wind storm weather forecast snow frost sun elevation cover blind curtain shutter \
open close half dim bright brightness color scene party movie reading relax cooking dinner kids baby nursery cat dog \
feeder aquarium pool spa solar battery inverter grid energy price cheap charge car charger electric vehicle garage \
gate mailbox package delivery parcel lock unlock code keypad button remote double single long press hold rotate dial \
reminder calendar birthday trash bin collection recycling paper glass timer delay wait cancel toggle enable disable \
mode auto manual eco boost quiet fade slowly gradually quickly every hour minute day week month year first last only \
if not no one everyone anyone left right upper lower north south east west front back side floor ceiling wall desk \
table shelf closet attic basement stairs porch patio balcony terrace shed barn workshop server rack router internet \
down up offline online unavailable fallback bridge zigbee zwave matter thread bluetooth wifi mqtt webhook template";
const DUTCH_PLACES: &str = "keuken slaapkamer woonkamer badkamer garage hal gang zolder kelder tuin kantoor toilet \
overloop bijkeuken serre berging voordeur achterdeur balkon terras speelkamer werkkamer logeerkamer eetkamer schuur \
trap kinderkamer wasruimte oprit zwembad";
const DUTCH_THINGS: &str = "lamp verlichting licht gordijn rolluik verwarming thermostaat sensor schakelaar ventilator \
deur raam bel camera alarm muziek temperatuur vochtigheid beweging stopcontact spot plafondlamp vloerlamp nachtlamp \
wandlamp knop radiator airco afzuiging luidspreker televisie rookmelder deurcontact bewegingsmelder ledstrip tafellamp \
stekker zonwering scherm slot";
const GERMAN_PLACES: &str = "Küchen Schlafzimmer Wohnzimmer Bad Garten Büro Flur Keller Dachboden Kinderzimmer Haustür \
Terrassen Gäste Werkstatt Esszimmer Balkon Treppen Waschküchen Wintergarten Carport";
const GERMAN_THINGS: &str = "licht lampe rollo heizung fenster tür schalter lüfter melder thermostat beleuchtung \
rauchmelder steckdose bewegungsmelder temperatur jalousie kamera wecker strahler lautsprecher";
const OTHERS: &str = "lumière éteindre allumer cuisine chambre salon fenêtre température fermé été hiver arrosage réveil \
volets portail présence arrivée départ maison détecteur mouvement nuit matin soirée luz apagar encender cocina habitación \
salón baño jardín persiana calefacción mañana noche niños puerta teléfono batería energía música lámpada corredor quarto \
sala de estar notificação saída chegada energia ligar desligar luce accendi spegni cucina camera bagno finestra tapparella \
qualità più città lampa tänd släck kök sovrum vardagsrum badrum fönster dörr rörelse värme fläkt natt køkken soveværelse \
stue badeværelse dør lys sluk tænd bevægelse kjøkken stuen gang måler strøm światło łazienka kuchnia sypialnia włącz \
wyłącz okno drzwi ruch ogrzewanie světlo kuchyň ložnice zhasni rozsviť dveře okna pohyb topení világítás konyha fürdő \
ablak ajtó mozgás fűtés φως κουζίνα πόρτα свет кухня дверь движение 电灯 キッチン straße groß schließen öffnen süden \
één coëfficiënt ruïne geïnstalleerd financiën café naïef reünie zoöloog ıșık açık kapı gündüz işlem";
const EMOJI: &str = "💡 🔥 🚪 🌙 ☀️ 🔋 🚨 🧺 🪟 🎄";

/// The words, the commonest first, with Zipf's law over them.
pub(super) struct Vocabulary {
    words: Vec<String>,
    choice: Zipf,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        let mut words = Vec::new();
        words.extend(ENGLISH.split_whitespace().take(60).map(str::to_owned));
        let rest = ENGLISH.split_whitespace().skip(60).map(str::to_owned);
        interleave(&mut words, &[rest.collect(), singles(), dutch(), german()]);
        let choice = Zipf::new(words.len(), 5);
        Self { words, choice }
    }

    pub(super) fn word(&self, random: &mut Random) -> &str {
        &self.words[self.choice.draw(random)]
    }

    /// A lower-case ASCII word, fit for an entity's id or a path.
    pub(super) fn slug(&self, random: &mut Random) -> &str {
        let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        (0..4).map(|_| self.word(random)).find(plain).unwrap_or("huis")
    }

    /// `count` words with the first letter in upper case.
    pub(super) fn phrase(&self, count: u64, random: &mut Random) -> String {
        let mut phrase = String::new();
        for at in 0..count {
            let word = self.word(random);
            if at > 0 {
                phrase.push(' ');
                phrase.push_str(word);
            } else {
                let mut letters = word.chars();
                phrase.extend(letters.next().into_iter().flat_map(char::to_uppercase));
                phrase.push_str(letters.as_str());
            }
        }
        phrase
    }
}

/// What stands alone: the other languages, their places and things, and emoji.
fn singles() -> Vec<String> {
    let lists = [OTHERS, DUTCH_PLACES, DUTCH_THINGS, GERMAN_PLACES, EMOJI];
    lists
        .iter()
        .flat_map(|list| list.split_whitespace())
        .map(str::to_owned)
        .collect()
}

/// `keukenlamp`, `slaapkamergordijn`, and the plural of each.
fn dutch() -> Vec<String> {
    let simple = compounds(DUTCH_PLACES, DUTCH_THINGS);
    simple
        .into_iter()
        .flat_map(|word| [format!("{word}en"), word])
        .collect()
}

/// `Küchenlicht`, `Schlafzimmerrollo`.
fn german() -> Vec<String> {
    compounds(GERMAN_PLACES, GERMAN_THINGS)
}

fn compounds(places: &str, things: &str) -> Vec<String> {
    let of = |place: &str| {
        things
            .split_whitespace()
            .map(|thing| format!("{place}{thing}"))
            .collect::<Vec<_>>()
    };
    let mut words: Vec<String> = places.split_whitespace().flat_map(of).collect();
    // A fixed stride mixes places and things, so that the common half of the list has some of each.
    let len = words.len();
    let mixed = (0..len)
        .map(|at| std::mem::take(&mut words[at * 577 % len]))
        .collect();
    debug_assert!(
        !len.is_multiple_of(577),
        "577 is prime: the stride reaches every word"
    );
    mixed
}

/// Appends the lists in turns, so that the common ranks have something of every language.
fn interleave<const N: usize>(words: &mut Vec<String>, lists: &[Vec<String>; N]) {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    for at in 0..longest {
        words.extend(lists.iter().filter_map(|list| list.get(at)).cloned());
    }
}
