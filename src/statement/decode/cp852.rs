//! Code page 852, the Latin 2 of DOS: old exports, and names in ZIP files made on Polish Windows.
//! `encoding_rs` has no DOS code pages.

/// The characters 0x80 to 0xFF, as Unicode maps them (`CP852.TXT`).
const HIGH: &str = "\
ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤\
đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}";

/// Decodes bytes by code page 852; every byte means something.
pub(crate) fn decode_cp852(bytes: &[u8]) -> String {
    let high: Vec<char> = HIGH.chars().collect();
    bytes
        .iter()
        .map(|&byte| match byte.checked_sub(0x80) {
            None => char::from(byte),
            Some(place) => high.get(usize::from(place)).copied().unwrap_or('\u{fffd}'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Polish letters of code page 852, from the table that Microsoft publishes.
    #[test]
    fn polish_letters_stand_where_they_should() {
        assert_eq!(HIGH.chars().count(), 128);
        let bytes = b"\xa5\x86\xa9\x88\xe4\xa2\x98\xab\xbe\xa4\x8f\xa8\x9d\xe3\xe0\x97\x8d\xbd";
        assert_eq!(decode_cp852(bytes), "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ");
    }
}
