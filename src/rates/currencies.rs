//! Which codes are currencies at all, so that a typing error costs no request.

use crate::money::Currency;

/// Codes that NBP has published in table A or B since 2002.
const PUBLISHED: &str = "AED AFA AFN ALL AMD ANG AOA ARS ATS AUD AWG AZM AZN BAM BBD BDT BEF BGN BHD BIF \
    BND BOB BRL BSD BWP BYN BYR BZD CAD CDF CHF CLP CNY COP CRC CSD CUP CVE CYP CZK DEM DJF DKK DOP DZD \
    EEK EGP ERN ESP ETB EUR FIM FJD FRF GBP GEL GHC GHS GIP GMD GNF GRD GTQ GYD HKD HNL HRK HTG HUF IDR \
    IEP ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KRW KWD KZT LAK LBP LKR LRD LSL LTL LUF LVL \
    LYD MAD MDL MGA MGF MKD MMK MNT MOP MRO MRU MTL MUR MVR MWK MXN MYR MZM MZN NAD NGN NIO NLG NOK NPR \
    NZD OMR PAB PEN PGK PHP PKR PTE PYG QAR ROL RON RSD RUB RWF SAR SBD SCR SDD SDG SEK SGD SIT SKK SLE \
    SLL SOS SRD SRG SSP STD STN SVC SYP SZL THB TJS TMM TMT TND TOP TRL TRY TTD TWD TZS UAH UGX USD UYU \
    UZS VEB VEF VES VND VUV WST XAF XCD XCG XDR XOF XPF YER YUM ZAR ZMK ZMW ZWD ZWG ZWL";

/// Further currencies of ISO 4217 (money only: no metals, funds or test codes).
const OTHERS: &str = "BMD BTN CUC FKP KPW KYD SHP VED";

/// Whether NBP is known to publish the currency, now or earlier.
pub(super) fn is_published(currency: Currency) -> bool {
    lists(PUBLISHED, currency)
}

/// Whether the code is a currency of ISO 4217, now or at any time since 2002.
pub(super) fn is_currency(currency: Currency) -> bool {
    is_published(currency) || lists(OTHERS, currency)
}

fn lists(codes: &str, currency: Currency) -> bool {
    codes.split_ascii_whitespace().any(|code| code == currency.as_str())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn codes_that_are_no_money_are_told_apart() {
        let code = |text| Currency::parse(text).unwrap();
        assert!(is_published(code("RUB")));
        assert!(is_currency(code("KYD")) && !is_published(code("KYD")));
        for text in ["XXX", "XAU", "BTC", "ETF", "GBX"] {
            assert!(!is_currency(code(text)), "{text}");
        }
    }

    #[test]
    fn every_code_of_the_stored_tables_is_known() {
        let Ok(files) = fs::read_dir("../shared/nbp") else {
            println!("no stored tables: skipped");
            return;
        };
        for file in files.map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
            let text = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
            let header = text.lines().next().unwrap_or_default();
            for code in header.split(',').filter_map(|cell| Currency::parse(cell).ok()) {
                assert!(is_published(code), "{code}");
            }
        }
    }
}
