//! Shares that came without a purchase: from another own account, or from a plan of the employer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::{fmt::Write as _, sync::LazyLock};

use investtax::{
    lang::Lang,
    ledger::{Input, Ledger, merge},
    money::{Currency, Pln},
    rates::RateBook,
    statement::{
        Code, Detected, FileId, FileTag, Origin, RepairNote, SourceFile, Statement, detect,
        template_sheet, write_template,
    },
    tax::{Assessment, Basis, Options, Status, assess},
};
use jiff::civil::date;
use rust_decimal::Decimal;

/// One dollar is four złoty on every day, so that figures can be checked by head.
static RATES: LazyLock<RateBook> = LazyLock::new(|| {
    RateBook::flat(&[(Currency::USD, Decimal::from(4))], date(2020, 1, 1), date(2032, 12, 31))
});

fn read(id: u32, name: &str, text: &str) -> Statement {
    let file = SourceFile::from_text(FileId(id), name, text);
    let Detected::Format(format) = detect(&file) else { panic!("{name} is not known") };
    format.read(&file)
}

fn ledger(texts: &[&str]) -> Ledger {
    let inputs = (0_u32..).zip(texts).map(|(id, text)| {
        let name = format!("{id}.csv");
        let tag = FileTag::of(&[u8::try_from(id).unwrap(); 32]);
        let statement = read(id, &name, text);
        Input { name, tag, statement }
    });
    merge(inputs.collect())
}

fn computed(ledger: &Ledger) -> Assessment {
    let options = Options { basis: Basis::Trade, ..Options::default() };
    assess(ledger, &RATES, &options, date(2031, 1, 1))
}

/// The rows that a reply would ask for, with one answer for each.
fn answered(ledger: &Ledger, answer: &str) -> String {
    let note = |source| RepairNote { origin: ledger.origin(source), ..RepairNote::default() };
    let sheet = template_sheet(Lang::En, &ledger.repairs, note);
    let text = write_template(&sheet);
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let at = header.split(';').position(|name| name == "amount").unwrap();
    let mut answered = format!("{header}\n");
    for line in lines {
        let mut cells: Vec<&str> = line.split(';').collect();
        if let Some(cell) = cells.get_mut(at) {
            *cell = answer;
        }
        answered.push_str(&cells.join(";"));
        answered.push('\n');
    }
    answered
}

fn codes(ledger: &Ledger) -> Vec<Code> {
    ledger.diagnostics.iter().map(|found| found.code).collect()
}

const GAINS: &str = "Record Type,Symbol,Plan Type,Qty.,Date Acquired,Acquisition Cost,Date Sold,\
    Total Proceeds,Ordinary Income Recognized\n\
    Sell,ACME,RS,20,11/20/2023,0,03/11/2024,2800,1400\n";

#[test]
fn vested_shares_wait_for_their_cost_and_take_the_sender_s_word() {
    let asked = ledger(&[GAINS]);
    assert_eq!(codes(&asked), [Code::PlanCost]);
    assert!(computed(&asked).disposals.is_empty());
    // 2800 USD × 4; taxed only at the sale, the cost is nothing.
    for (answer, cost) in [("0", 0), ("1400", 560_000)] {
        let told = ledger(&[GAINS, &answered(&asked, answer)]);
        assert_eq!(codes(&told), []);
        let assessment = computed(&told);
        let [disposal] = assessment.disposals.as_slice() else { panic!() };
        assert_eq!(disposal.revenue, Pln::from_grosze(1_120_000));
        assert_eq!(disposal.cost, Pln::from_grosze(cost));
        let rows = told.inputs.first().unwrap().rows;
        assert_eq!((rows.total, rows.duplicate, rows.unknown), (1, 1, 0));
    }
}

const AWARDS: &str = "Date,Action,Symbol,Description,Quantity,FeesAndCommissions,Amount,AwardDate,\
    PurchaseDate,PurchasePrice\n\
    06/03/2024,Journal,GOOG,To Brokerage,-20,,,,,\n\
    05/16/2024,Deposit,GOOG,ESPP,20,,,,,\n\
    ,,,,,,,,05/15/2024,$145.00\n";

const BROKERAGE: &str = "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n\
    03/04/2025,Sell,GOOG,ALPHABET INC,20,$172.00,,\"$3,440.00\"\n\
    06/05/2024,Journaled Shares,GOOG,ALPHABET INC,20,,,\n";

#[test]
fn shares_of_a_plan_keep_their_day_and_cost_in_the_brokerage() {
    let ledger = ledger(&[AWARDS, BROKERAGE]);
    assert_eq!(codes(&ledger), [Code::PlanPaid]);
    assert!(ledger.repairs.is_empty());
    let assessment = computed(&ledger);
    let [disposal] = assessment.disposals.as_slice() else { panic!() };
    // 20 × 145 USD × 4 and 3440 USD × 4.
    assert_eq!(disposal.cost, Pln::from_grosze(1_160_000));
    assert_eq!(disposal.revenue, Pln::from_grosze(1_376_000));
    let [lot] = assessment.lots_of(disposal) else { panic!() };
    assert_eq!(lot.acquired_on, date(2024, 5, 15));
    assert!(assessment.open_lots.is_empty());
}

#[test]
fn shares_that_came_from_nowhere_take_the_sender_s_word() {
    let asked = ledger(&[BROKERAGE]);
    assert_eq!(codes(&asked), [Code::TransferCost]);
    assert!(computed(&asked).disposals.is_empty());
    let told = ledger(&[BROKERAGE, &answered(&asked, "2900")]);
    assert_eq!(codes(&told), []);
    let assessment = computed(&told);
    let [disposal] = assessment.disposals.as_slice() else { panic!() };
    assert_eq!(disposal.cost, Pln::from_grosze(1_160_000));
    let rows = told.inputs.first().unwrap().rows;
    assert_eq!((rows.total, rows.used, rows.duplicate, rows.unknown), (2, 1, 1, 0));
}

#[test]
fn a_doubt_about_the_first_account_holds_on_the_second() {
    let doubtful = AWARDS.replace("$145.00", "cheap");
    let ledger = ledger(&[&doubtful, BROKERAGE]);
    let assessment = computed(&ledger);
    assert!(assessment.disposals.is_empty());
    assert_eq!(assessment.blocked.len(), 2);
}

/// An origin names its file by its content, so answers find their rows in any order of files.
#[test]
fn an_answer_names_the_row_that_it_belongs_to() {
    let asked = ledger(&[GAINS]);
    let origin: Option<Origin> = asked.origin(asked.repairs.first().unwrap().source);
    assert_eq!(origin.unwrap().row, 2);
}

const SPLIT: &str = "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n\
    12/15/2025,Sell,NFLX,NETFLIX INC,300,$100.00,,\"$30,000.00\"\n\
    11/17/2025 as of 11/14/2025,Stock Split,NFLX,NETFLIX INC,540,$111.217,,\n\
    03/03/2025,Buy,NFLX,NETFLIX INC,20,$900.00,,\"-$18,000.00\"\n";

const EARLIER: &str = "Date,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount\n\
    03/04/2021,Buy,NFLX,NETFLIX INC,40,$500.00,,\"-$20,000.00\"\n";

#[test]
fn a_split_that_adds_shares_takes_what_all_files_hold() {
    // One file alone holds 20 of the 60 shares, and 540 added to 20 would be 28 for 1.
    let ledger = ledger(&[EARLIER, SPLIT]);
    let assessment = computed(&ledger);
    let [disposal] = assessment.disposals.as_slice() else { panic!() };
    // 40 shares became 400, of which 300 were sold: 3/4 of 20 000 USD × 4.
    assert_eq!(disposal.revenue, Pln::from_grosze(12_000_000));
    assert_eq!(disposal.cost, Pln::from_grosze(6_000_000));
    let told = assessment.diagnostics.iter().find(|found| found.code == Code::SplitWorkedOut);
    assert_eq!(told.unwrap().detail, "10:1, 60 + 540");
}

#[test]
fn a_split_without_a_ratio_blocks_its_instrument() {
    let short = SPLIT.replace(",20,$900.00,,\"-$18,000.00\"", ",13,$900.00,,\"-$11,700.00\"");
    let assessment = computed(&ledger(&[&short]));
    assert!(assessment.disposals.is_empty());
    let told = assessment.diagnostics.iter().find(|found| found.code == Code::SplitUnclear);
    assert_eq!(told.unwrap().detail, "13 + 540");
}

const AWARDS_HEADER: &str = "Date,Action,Symbol,Description,Quantity,FeesAndCommissions,DisbursementElection,Amount,Type,\
    Shares,SalePrice,SubscriptionDate,SubscriptionFairMarketValue,PurchaseDate,PurchasePrice,\
    PurchaseFairMarketValue,DispositionType,GrantId,VestDate,VestFairMarketValue,GrossProceeds,AwardDate,AwardId\n";

#[test]
fn tax_given_back_later_belongs_to_its_dividend() {
    let text = format!(
        "{AWARDS_HEADER}07/12/2024,Tax Reversal,GOOG,Credit,,,,$11.20,,,,,,,,,,,,,,,\n\
         06/17/2024,Tax Withholding,GOOG,Debit,,,,-$22.39,,,,,,,,,,,,,,,\n\
         06/17/2024,Dividend,GOOG,Credit,,,,$74.62,,,,,,,,,,,,,,,\n"
    );
    let assessment = computed(&ledger(&[&text]));
    let [dividend] = assessment.dividends.as_slice() else { panic!() };
    // 74.62 and 22.39 − 11.20 USD, times 4.
    assert_eq!(dividend.gross_pln, Pln::from_grosze(29_848));
    assert_eq!(dividend.withheld_pln, Pln::from_grosze(4_476));
    assert_eq!(dividend.credit, Pln::from_grosze(4_476));
    let found: Vec<_> =
        assessment.diagnostics.iter().map(|found| (found.code, found.detail.as_str())).collect();
    assert!(found.contains(&(Code::WithholdingReturned, "2024-06-17")), "{found:?}");
    assert_eq!(assessment.status, Status::Complete);
    assert!(found.iter().all(|(code, _)| *code != Code::WithholdingAlone), "{found:?}");
}

/// A statement with purchases of ten `S0` to `S9`, and rows of shares that change their identity.
fn renamed(changes: &[(u32, u32)], sales: &[u32]) -> Assessment {
    let digit = |number: u32| "2086419753".chars().nth(usize::try_from(number).unwrap()).unwrap();
    let isin = |number: u32| format!("US00000000{number}{}", digit(number));
    let mut text = "Statement,Header,Field Name,Field Value\n\
        Statement,Data,BrokerName,Interactive Brokers LLC\n\
        Statement,Data,Title,Activity Statement\n\
        Statement,Data,Period,\"January 1, 2024 - December 31, 2024\"\n\
        Account Information,Header,Field Name,Field Value\n\
        Account Information,Data,Account,U0000001\n\
        Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,C. Price,\
        Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code\n"
        .to_owned();
    for number in 0..10 {
        writeln!(
            text,
            "Trades,Data,Order,Stocks,USD,S{number},\"2024-01-02, 10:00:00\",10,1,1,-10,0,0,0,0,O"
        )
        .unwrap();
    }
    for sold in sales {
        writeln!(
            text,
            "Trades,Data,Order,Stocks,USD,S{sold},\"2024-12-02, 10:00:00\",-999,1,1,999,0,0,0,0,C"
        )
        .unwrap();
    }
    text += "Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity,\
        Proceeds,Value,Realized P/L,Code\n";
    for (day, (from, to)) in (1..).zip(changes) {
        for (shares, of) in [(-10, *from), (10, *to)] {
            writeln!(
                text,
                "Corporate Actions,Data,Stocks,USD,2024-03-{day:02},\"2024-03-{day:02}, 10:00:00\",\
                 \"S{from}({}) CUSIP/ISIN Change to ({}) (S{of}, INC, {})\",{shares},0,0,0,",
                isin(*from),
                isin(*to),
                isin(of)
            )
            .unwrap();
        }
    }
    text += "Financial Instrument Information,Header,Asset Category,Symbol,Description,Conid,Security ID,\
        Underlying,Listing Exch,Multiplier,Type,Code\n";
    for number in 0..10 {
        writeln!(
            text,
            "Financial Instrument Information,Data,Stocks,S{number},N,{number}00,{},S,NASDAQ,1,\
             COMMON,",
            isin(number)
        )
        .unwrap();
    }
    computed(&ledger(&[&text]))
}

#[test]
fn a_doubt_goes_back_along_every_change_of_identity_and_no_further() {
    let blocked = |changes: &[(u32, u32)], sales: &[u32]| -> Vec<u32> {
        let assessment = renamed(changes, sales);
        assessment.blocked.iter().map(|blocked| blocked.instrument.0).collect()
    };
    assert_eq!(blocked(&[], &[4]), [4]);
    // 2 → 1 → 0 ends in doubt; what became 3 does not, and what became 1 from 5 does.
    assert_eq!(blocked(&[(2, 1), (4, 3), (5, 1), (1, 0)], &[0]), [0, 1, 2, 5]);
    // There and back again.
    assert_eq!(blocked(&[(6, 7), (7, 6), (8, 6)], &[]), Vec::<u32>::new());
    assert_eq!(blocked(&[(6, 7), (7, 6), (8, 6)], &[6]), [6, 7, 8]);
}
