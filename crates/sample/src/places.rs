//! Where leads are: cities, counties and ZIPs that go together as they do.

use super::world::Source;

/// A city and one of its ZIPs.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) state: &'static str,
    pub(super) zip: &'static str,
    pub(super) county: &'static str,
}

const fn nv(city: &'static str, zip: &'static str, county: &'static str) -> Place {
    Place {
        city,
        state: "NV",
        zip,
        county,
    }
}

const fn ok(city: &'static str, zip: &'static str, county: &'static str) -> Place {
    Place {
        city,
        state: "OK",
        zip,
        county,
    }
}

const fn tx(city: &'static str, zip: &'static str, county: &'static str) -> Place {
    Place {
        city,
        state: "TX",
        zip,
        county,
    }
}

/// The places of a source, the larger ones more than once.
pub(super) fn places(source: Source) -> &'static [Place] {
    match source {
        Source::Nevada => &NEVADA,
        Source::Oklahoma => &OKLAHOMA,
        Source::Texas => &TEXAS,
    }
}

const NEVADA: [Place; 40] = [
    nv("Las Vegas", "89102", "Clark"),
    nv("Las Vegas", "89103", "Clark"),
    nv("Las Vegas", "89104", "Clark"),
    nv("Las Vegas", "89107", "Clark"),
    nv("Las Vegas", "89108", "Clark"),
    nv("Las Vegas", "89110", "Clark"),
    nv("Las Vegas", "89113", "Clark"),
    nv("Las Vegas", "89117", "Clark"),
    nv("Las Vegas", "89120", "Clark"),
    nv("Las Vegas", "89121", "Clark"),
    nv("Las Vegas", "89122", "Clark"),
    nv("Las Vegas", "89123", "Clark"),
    nv("Las Vegas", "89128", "Clark"),
    nv("Las Vegas", "89129", "Clark"),
    nv("Las Vegas", "89130", "Clark"),
    nv("Las Vegas", "89131", "Clark"),
    nv("Las Vegas", "89134", "Clark"),
    nv("Las Vegas", "89135", "Clark"),
    nv("Las Vegas", "89139", "Clark"),
    nv("Las Vegas", "89141", "Clark"),
    nv("Las Vegas", "89145", "Clark"),
    nv("Las Vegas", "89146", "Clark"),
    nv("Las Vegas", "89147", "Clark"),
    nv("Las Vegas", "89148", "Clark"),
    nv("Las Vegas", "89149", "Clark"),
    nv("Las Vegas", "89183", "Clark"),
    nv("Henderson", "89002", "Clark"),
    nv("Henderson", "89012", "Clark"),
    nv("Henderson", "89015", "Clark"),
    nv("Henderson", "89052", "Clark"),
    nv("Henderson", "89074", "Clark"),
    nv("North Las Vegas", "89030", "Clark"),
    nv("North Las Vegas", "89031", "Clark"),
    nv("North Las Vegas", "89081", "Clark"),
    nv("Boulder City", "89005", "Clark"),
    nv("Mesquite", "89027", "Clark"),
    nv("Laughlin", "89029", "Clark"),
    nv("Spring Creek", "89815", "Elko"),
    nv("Carson City", "89701", "Carson City"),
    nv("Reno", "89502", "Washoe"),
];

const OKLAHOMA: [Place; 28] = [
    ok("Oklahoma City", "73107", "Oklahoma"),
    ok("Oklahoma City", "73111", "Oklahoma"),
    ok("Oklahoma City", "73112", "Oklahoma"),
    ok("Oklahoma City", "73117", "Oklahoma"),
    ok("Oklahoma City", "73120", "Oklahoma"),
    ok("Oklahoma City", "73132", "Oklahoma"),
    ok("Oklahoma City", "73159", "Cleveland"),
    ok("Oklahoma City", "73162", "Oklahoma"),
    ok("Tulsa", "74105", "Tulsa"),
    ok("Tulsa", "74106", "Tulsa"),
    ok("Tulsa", "74112", "Tulsa"),
    ok("Tulsa", "74133", "Tulsa"),
    ok("Tulsa", "74145", "Tulsa"),
    ok("Edmond", "73003", "Oklahoma"),
    ok("Edmond", "73013", "Oklahoma"),
    ok("Edmond", "73034", "Oklahoma"),
    ok("Norman", "73069", "Cleveland"),
    ok("Norman", "73071", "Cleveland"),
    ok("Yukon", "73099", "Canadian"),
    ok("Broken Arrow", "74012", "Tulsa"),
    ok("Owasso", "74055", "Tulsa"),
    ok("Bixby", "74008", "Tulsa"),
    ok("El Reno", "73036", "Canadian"),
    ok("Elmore City", "73433", "Garvin"),
    ok("Lawton", "73505", "Comanche"),
    ok("Moore", "73160", "Cleveland"),
    ok("Stillwater", "74074", "Payne"),
    ok("Durant", "74701", "Bryan"),
];

const TEXAS: [Place; 34] = [
    tx("Houston", "77017", "Harris"),
    tx("Houston", "77039", "Harris"),
    tx("Houston", "77071", "Harris"),
    tx("Houston", "77083", "Harris"),
    tx("San Antonio", "78201", "Bexar"),
    tx("San Antonio", "78228", "Bexar"),
    tx("San Antonio", "78245", "Bexar"),
    tx("Dallas", "75218", "Dallas"),
    tx("Dallas", "75224", "Dallas"),
    tx("Dallas", "75232", "Dallas"),
    tx("Dallas", "75249", "Dallas"),
    tx("Fort Worth", "76110", "Tarrant"),
    tx("Fort Worth", "76132", "Tarrant"),
    tx("Arlington", "76017", "Tarrant"),
    tx("El Paso", "79907", "El Paso"),
    tx("El Paso", "79936", "El Paso"),
    tx("Horizon City", "79928", "El Paso"),
    tx("Austin", "78723", "Travis"),
    tx("Austin", "78745", "Travis"),
    tx("Pflugerville", "78660", "Travis"),
    tx("Killeen", "76541", "Bell"),
    tx("Temple", "76502", "Bell"),
    tx("Corpus Christi", "78410", "Nueces"),
    tx("Corpus Christi", "78411", "Nueces"),
    tx("Lubbock", "79414", "Lubbock"),
    tx("Pearland", "77581", "Brazoria"),
    tx("West Columbia", "77486", "Brazoria"),
    tx("The Colony", "75056", "Denton"),
    tx("Los Fresnos", "78566", "Cameron"),
    tx("Navasota", "77868", "Grimes"),
    tx("Somerset", "78069", "Bexar"),
    tx("Sweetwater", "79556", "Nolan"),
    tx("Duncanville", "75137", "Dallas"),
    tx("Kingwood", "77339", "Harris"),
];
