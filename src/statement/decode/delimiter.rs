//! Which character stands between the fields.

/// The delimiters of brokers' exports; the earlier wins a tie.
const CANDIDATES: [u8; 4] = *b",;\t|";

/// How many non-blank lines are looked at.
const LINES: usize = 20;

/// How many bytes are looked at.
const BYTES: usize = 64 * 1024;

/// Guesses the delimiter from the first non-blank lines. Delimiters in quotes do not count; the
/// first line counts double, because a header has no decimal commas.
pub fn guess_delimiter(text: &str) -> u8 {
    let head = text.as_bytes().get(..BYTES).unwrap_or(text.as_bytes());
    let mut scores = [0_u32; CANDIDATES.len()];
    let mut line = [0_u32; CANDIDATES.len()];
    let mut lines = 0;
    let mut quoted = false;
    let mut blank = true;
    for &byte in head.iter().chain(b"\n") {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => {
                let weight = if lines == 0 { 2 } else { 1 };
                for (score, count) in scores.iter_mut().zip(&mut line) {
                    *score += weight * (*count).min(64);
                    *count = 0;
                }
                lines += usize::from(!blank);
                blank = true;
                if lines == LINES {
                    break;
                }
                continue;
            }
            _ if quoted => {}
            _ => {
                if let Some(place) = CANDIDATES.iter().position(|&candidate| candidate == byte)
                    && let Some(count) = line.get_mut(place)
                {
                    *count += 1;
                }
            }
        }
        blank &= byte.is_ascii_whitespace();
    }
    let best = scores.iter().copied().max().unwrap_or(0);
    let place = scores.iter().position(|&score| score == best).unwrap_or(0);
    CANDIDATES.get(place).copied().unwrap_or(b',')
}

/// Takes the `sep=;` line of Excel out of the text. An empty line stays, so that rows keep their
/// numbers.
pub(super) fn take_declaration(mut text: String) -> (String, Option<u8>) {
    let end = memchr::memchr2(b'\r', b'\n', text.as_bytes()).unwrap_or(text.len());
    let line = text.get(..end).unwrap_or_default().trim().trim_matches('"');
    let declared = match line.as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => Some(*delimiter),
        _ => None,
    };
    let declared = declared.filter(u8::is_ascii);
    if declared.is_some() {
        text.drain(..end);
    }
    (text, declared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_delimiters_are_found() {
        for (text, expected) in [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", b';'),
            ("\n\n a\tb\n1,0\t2\n", b'\t'),
            ("Action|Time|ISIN\nBuy|2024-01-02|US0378331005\n", b'|'),
            ("\"a;b;c;d;e\",x\n\"1;2\",3\n", b','),
            ("\"a\nb;c;d\",x,y\n", b','),
            ("", b','),
            ("one column\n2\n", b','),
        ] {
            assert_eq!(char::from(guess_delimiter(text)), char::from(expected), "{text:?}");
        }
    }

    #[test]
    fn a_declaration_is_obeyed_and_leaves_its_row() {
        let (text, declared) = take_declaration("sep=;\r\na;b\r\n".to_owned());
        assert_eq!((text.as_str(), declared), ("\r\na;b\r\n", Some(b';')));
        let (text, declared) = take_declaration("separator;x\n".to_owned());
        assert_eq!((text.as_str(), declared), ("separator;x\n", None));
    }
}
