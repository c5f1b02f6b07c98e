//! Every comparer is a total order over any text.

use proptest::prelude::*;
use seawall_advisories::Scheme;

/// All but Maven's, which is no total order in Maven either.
const SCHEMES: [Scheme; 12] = [
    Scheme::Dpkg,
    Scheme::Apk,
    Scheme::Semver,
    Scheme::PyPi,
    Scheme::RubyGems,
    Scheme::Packagist,
    Scheme::NuGet,
    Scheme::Rpm,
    Scheme::Pub,
    Scheme::Cran,
    Scheme::Hackage,
    Scheme::Loose,
];

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{0,3}(\\.[0-9]{1,3}){0,3}[a-z]?((_alpha|_rc|_p|~rc|-beta|-|\\+)[0-9.]{0,3}){0,2}(-r[0-9])?",
        "[0-2]?:?[0-2a.~_+-]{0,8}",
        "\\PC{0,8}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn antisymmetric_and_transitive(a in version(), b in version(), c in version()) {
        prop_assert!(Scheme::Maven.compare(&a, &a).is_eq());
        prop_assert_eq!(Scheme::Maven.compare(&a, &b), Scheme::Maven.compare(&b, &a).reverse());
        for scheme in SCHEMES {
            prop_assert!(scheme.compare(&a, &a).is_eq());
            prop_assert_eq!(scheme.compare(&a, &b), scheme.compare(&b, &a).reverse());
            if scheme.compare(&a, &b).is_le() && scheme.compare(&b, &c).is_le() {
                prop_assert!(scheme.compare(&a, &c).is_le(), "{:?}: {:?} {:?} {:?}", scheme, a, b, c);
            }
            if scheme.compare(&a, &b).is_eq() {
                prop_assert_eq!(scheme.compare(&a, &c), scheme.compare(&b, &c));
            }
        }
    }
}
