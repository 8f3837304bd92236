//! msgpack in its shortest form, as go-cty writes it.

use super::super::Number;

/// Extension type 0, one byte: an unknown value without refinements.
const UNKNOWN: [u8; 3] = [0xd4, 0x00, 0x00];

#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(super) fn nil(&mut self) {
        self.bytes.push(0xc0);
    }

    pub(super) fn unknown(&mut self) {
        self.bytes.extend(UNKNOWN);
    }

    pub(super) fn bool(&mut self, value: bool) {
        self.bytes.push(if value { 0xc3 } else { 0xc2 });
    }

    /// As an integer or a float if that is exact, otherwise as its decimal text.
    pub(super) fn number(&mut self, value: &Number) {
        if let Some(value) = value.to_i64() {
            self.integer(value);
        } else if let Some(value) = value.exact_f64() {
            self.bytes.push(0xcb);
            self.bytes.extend(value.to_be_bytes());
        } else {
            self.text(&value.to_string());
        }
    }

    fn integer(&mut self, value: i64) {
        if let Ok(small) = i8::try_from(value)
            && small >= -32
        {
            self.bytes.extend(small.to_be_bytes());
        } else if let Ok(value) = u8::try_from(value) {
            self.marked(0xcc, &value.to_be_bytes());
        } else if let Ok(value) = u16::try_from(value) {
            self.marked(0xcd, &value.to_be_bytes());
        } else if let Ok(value) = u32::try_from(value) {
            self.marked(0xce, &value.to_be_bytes());
        } else if let Ok(value) = u64::try_from(value) {
            self.marked(0xcf, &value.to_be_bytes());
        } else if let Ok(value) = i8::try_from(value) {
            self.marked(0xd0, &value.to_be_bytes());
        } else if let Ok(value) = i16::try_from(value) {
            self.marked(0xd1, &value.to_be_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            self.marked(0xd2, &value.to_be_bytes());
        } else {
            self.marked(0xd3, &value.to_be_bytes());
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        let length = text.len();
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short), _) if short < 32 => self.bytes.push(0xa0 | short),
            (Ok(short), _) => self.marked(0xd9, &[short]),
            (_, Ok(medium)) => self.marked(0xda, &medium.to_be_bytes()),
            _ => self.marked(0xdb, &length32(length)),
        }
        self.bytes.extend(text.as_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let length = bytes.len();
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short), _) => self.marked(0xc4, &[short]),
            (_, Ok(medium)) => self.marked(0xc5, &medium.to_be_bytes()),
            _ => self.marked(0xc6, &length32(length)),
        }
        self.bytes.extend(bytes);
    }

    pub(super) fn array(&mut self, length: usize) {
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short), _) if short < 16 => self.bytes.push(0x90 | short),
            (_, Ok(medium)) => self.marked(0xdc, &medium.to_be_bytes()),
            _ => self.marked(0xdd, &length32(length)),
        }
    }

    pub(super) fn map(&mut self, length: usize) {
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short), _) if short < 16 => self.bytes.push(0x80 | short),
            (_, Ok(medium)) => self.marked(0xde, &medium.to_be_bytes()),
            _ => self.marked(0xdf, &length32(length)),
        }
    }

    fn marked(&mut self, marker: u8, rest: &[u8]) {
        self.bytes.push(marker);
        self.bytes.extend(rest);
    }
}

/// A gRPC message ends at 4 GiB, long before this saturates.
fn length32(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}
