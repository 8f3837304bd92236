//! msgpack, token by token: <https://github.com/msgpack/msgpack/blob/master/spec.md>

use super::super::Number;
use super::MsgpackError;

/// One token. The elements of arrays and maps follow as tokens of their own.
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Number(Number),
    /// Text or binary.
    Bytes(&'a [u8]),
    Array(usize),
    Map(usize),
    /// Of any type; its content is skipped.
    Extension,
}

pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

const SHORT: MsgpackError = MsgpackError::new("the bytes end in the middle of a value");

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, MsgpackError> {
        let [marker] = self.array()?;
        Ok(match marker {
            0x00..=0x7f => number(i64::from(marker)),
            0x80..=0x8f => Token::Map(usize::from(marker & 0x0f)),
            0x90..=0x9f => Token::Array(usize::from(marker & 0x0f)),
            0xa0..=0xbf => Token::Bytes(self.take(usize::from(marker & 0x1f))?),
            0xc0 => Token::Nil,
            0xc1 => return Err(MsgpackError::new("these bytes are no msgpack")),
            0xc2 => Token::Bool(false),
            0xc3 => Token::Bool(true),
            0xc4 | 0xd9 => self.bytes8()?,
            0xc5 | 0xda => self.bytes16()?,
            0xc6 | 0xdb => self.bytes32()?,
            0xc7 => {
                let [length] = self.array()?;
                self.extension(usize::from(length))?
            }
            0xc8 => {
                let length = self.length16()?;
                self.extension(length)?
            }
            0xc9 => {
                let length = self.length32()?;
                self.extension(length)?
            }
            0xca => float(f64::from(f32::from_be_bytes(self.array()?)))?,
            0xcb => float(f64::from_be_bytes(self.array()?))?,
            0xcc => number(i64::from(u8::from_be_bytes(self.array()?))),
            0xcd => number(i64::from(u16::from_be_bytes(self.array()?))),
            0xce => number(i64::from(u32::from_be_bytes(self.array()?))),
            0xcf => Token::Number(u64::from_be_bytes(self.array()?).into()),
            0xd0 => number(i64::from(i8::from_be_bytes(self.array()?))),
            0xd1 => number(i64::from(i16::from_be_bytes(self.array()?))),
            0xd2 => number(i64::from(i32::from_be_bytes(self.array()?))),
            0xd3 => number(i64::from_be_bytes(self.array()?)),
            0xd4 => self.extension(1)?,
            0xd5 => self.extension(2)?,
            0xd6 => self.extension(4)?,
            0xd7 => self.extension(8)?,
            0xd8 => self.extension(16)?,
            0xdc => Token::Array(self.length16()?),
            0xdd => Token::Array(self.length32()?),
            0xde => Token::Map(self.length16()?),
            0xdf => Token::Map(self.length32()?),
            0xe0..=0xff => number(i64::from(i8::from_be_bytes([marker]))),
        })
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], MsgpackError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(SHORT)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MsgpackError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(SHORT)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn length16(&mut self) -> Result<usize, MsgpackError> {
        Ok(usize::from(u16::from_be_bytes(self.array()?)))
    }

    fn length32(&mut self) -> Result<usize, MsgpackError> {
        usize::try_from(u32::from_be_bytes(self.array()?)).map_err(|_| SHORT)
    }

    fn bytes8(&mut self) -> Result<Token<'a>, MsgpackError> {
        let [length] = self.array()?;
        Ok(Token::Bytes(self.take(usize::from(length))?))
    }

    fn bytes16(&mut self) -> Result<Token<'a>, MsgpackError> {
        let length = self.length16()?;
        Ok(Token::Bytes(self.take(length)?))
    }

    fn bytes32(&mut self) -> Result<Token<'a>, MsgpackError> {
        let length = self.length32()?;
        Ok(Token::Bytes(self.take(length)?))
    }

    fn extension(&mut self, length: usize) -> Result<Token<'a>, MsgpackError> {
        let [_type] = self.array()?;
        self.take(length)?;
        Ok(Token::Extension)
    }
}

fn number<'a>(value: i64) -> Token<'a> {
    Token::Number(value.into())
}

fn float<'a>(value: f64) -> Result<Token<'a>, MsgpackError> {
    Number::from_f64(value)
        .map(Token::Number)
        .ok_or(MsgpackError::new(
            "a number is expected, and this is \"not a number\"",
        ))
}
