//! The table of treaties, ascending by country code. See [`super::treaty`] for where it comes from.
//!
//! Marked as conflicting: Brazil (15 in one summary; signed in 2022, not in force in the ministry's list), the United
//! Kingdom (10, but no tax on dividends in its own law), Greece (19 or no rate), Hong Kong (10 in one summary, no
//! treaty in the ministry's list), Ireland (15, but 0 in its own law), India (15 until the protocol of 2013), Thailand
//! (20, above the Polish rate). Malaysia, Pakistan, Russia, Belarus and Sri Lanka are left out: their treaties changed
//! or were suspended, and no list was seen that is certain. Georgia's interest was 8 until 2023; the lower rate stands.

use super::treaty::Treaty;

/// A row: country, percent on dividends and interest, first year, percent on dividends before it, positions in
/// Dziennik Ustaw, conflict.
const fn row(
    country: &'static str,
    (dividend, interest): (u32, Option<u32>),
    (since, dividend_before): (Option<i16>, Option<u32>),
    journal: &'static str,
    conflict: bool,
) -> Treaty {
    Treaty { country, dividend, interest, since, dividend_before, journal, conflict }
}

/// All treaties known.
pub(super) const TREATIES: &[Treaty] = &[
    row("AE", (5, Some(5)), (None, None), "1994/373, 2015/312", false),
    row("AL", (10, Some(10)), (Some(1995), None), "1994/492", false),
    row("AM", (10, Some(5)), (Some(2006), None), "2005/576", false),
    row("AT", (15, Some(5)), (Some(2006), None), "2005/1921, 2008/1450", false),
    row("AU", (15, Some(10)), (Some(1993), None), "1992/177", false),
    row("AZ", (10, Some(10)), (Some(2006), None), "2008/52", false),
    row("BA", (15, Some(10)), (Some(2017), None), "2016/590", false),
    row("BD", (15, Some(10)), (Some(2000), None), "2000/1121", false),
    row("BE", (10, Some(5)), (Some(2019), Some(15)), "2004/2139, 2018/1094", false),
    row("BG", (10, Some(10)), (None, None), "1995/679", false),
    row("BR", (15, None), (None, None), "", true),
    row("CA", (15, Some(10)), (None, None), "2013/1371", false),
    row("CH", (15, Some(5)), (None, None), "1993/92, 2011/1533", false),
    row("CL", (15, Some(15)), (Some(2004), None), "2004/1976", false),
    row("CN", (10, Some(10)), (Some(1990), None), "1989/65", false),
    row("CY", (5, Some(5)), (None, None), "1993/523, 2012/1383", false),
    row("CZ", (5, Some(5)), (None, None), "2012/991", false),
    row("DE", (15, Some(5)), (None, None), "2005/90", false),
    row("DK", (15, Some(5)), (Some(2003), None), "2003/368", false),
    row("EE", (15, Some(10)), (None, None), "1995/388", false),
    row("EG", (12, Some(12)), (None, None), "", false),
    row("ES", (15, Some(0)), (None, None), "1982/127", false),
    row("ET", (10, Some(10)), (None, None), "2018/329", false),
    row("FI", (15, Some(5)), (None, None), "2010/205", false),
    row("FR", (15, Some(0)), (None, None), "1977/5", false),
    row("GB", (10, Some(5)), (None, None), "2006/1840", true),
    row("GE", (5, Some(5)), (Some(2024), Some(10)), "2023/563", false),
    row("GR", (19, Some(10)), (None, None), "1991/524", true),
    row("HK", (10, None), (None, None), "", true),
    row("HR", (15, Some(10)), (None, None), "1996/370", false),
    row("HU", (10, Some(10)), (None, None), "", false),
    row("ID", (15, Some(10)), (None, None), "1994/187", false),
    row("IE", (15, Some(10)), (None, None), "1996/129", true),
    row("IL", (10, Some(5)), (None, None), "1992/124", false),
    row("IN", (10, Some(10)), (None, None), "1990/46, 2014/1336", true),
    row("IR", (7, Some(10)), (None, None), "2006/1770", false),
    row("IS", (15, Some(10)), (None, None), "1999/890", false),
    row("IT", (10, Some(10)), (None, None), "1989/374", false),
    row("JO", (10, Some(10)), (None, None), "", false),
    row("JP", (10, Some(10)), (None, None), "1983/60", false),
    row("KG", (10, Some(10)), (None, None), "2004/2304", false),
    row("KR", (10, Some(10)), (None, None), "1992/126", false),
    row("KW", (5, Some(5)), (None, None), "2000/811", false),
    row("KZ", (15, Some(10)), (None, None), "1995/586", false),
    row("LB", (5, Some(5)), (Some(2004), None), "2004/2445", false),
    row("LT", (15, Some(10)), (Some(1995), None), "1995/277", false),
    row("LU", (15, Some(5)), (Some(1997), None), "1996/527, 2013/964", false),
    row("LV", (15, Some(10)), (Some(1995), None), "1995/285", false),
    row("MA", (15, Some(10)), (Some(1997), None), "1996/529", false),
    row("MD", (15, Some(10)), (Some(1996), None), "1996/166", false),
    row("ME", (15, Some(15)), (None, None), "", false),
    row("MK", (15, Some(10)), (Some(2000), None), "2002/1744", false),
    row("MN", (10, Some(10)), (Some(2002), None), "2002/1746", false),
    row("MT", (10, Some(5)), (Some(1995), None), "1995/256, 2011/1661", false),
    row("MX", (15, Some(15)), (Some(2003), None), "2003/131", false),
    row("NL", (15, Some(5)), (None, None), "2003/2120, 2022/906", false),
    row("NO", (15, Some(5)), (None, None), "2010/899", false),
    row("NZ", (15, Some(10)), (None, None), "2006/1822", false),
    row("PH", (15, Some(10)), (None, None), "1997/817", false),
    row("PT", (15, Some(10)), (None, None), "1998/304", false),
    row("QA", (5, Some(5)), (None, None), "", false),
    row("RO", (15, Some(10)), (None, None), "1995/530", false),
    row("RS", (15, Some(10)), (None, None), "", false),
    row("SA", (5, Some(5)), (Some(2013), None), "2012/502", false),
    row("SE", (15, Some(0)), (Some(2006), None), "2006/193", false),
    row("SG", (10, Some(5)), (Some(2015), None), "2014/443", false),
    row("SI", (15, Some(10)), (None, None), "1998/198", false),
    row("SK", (5, Some(5)), (None, None), "1996/131", false),
    row("TH", (19, Some(10)), (None, None), "1983/170", true),
    row("TN", (10, Some(12)), (None, None), "1994/357", false),
    row("TR", (15, Some(10)), (Some(1998), None), "1997/58", false),
    row("TW", (10, Some(10)), (Some(2017), None), "2016/2244", false),
    row("UA", (15, Some(10)), (None, None), "", false),
    row("US", (15, Some(0)), (None, None), "1976/178", false),
    row("UZ", (15, Some(10)), (None, None), "1995/559", false),
    row("VN", (15, Some(10)), (None, None), "1995/258", false),
    row("ZA", (15, Some(10)), (None, None), "1996/124", false),
];
