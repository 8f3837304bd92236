//! Messages of JSON-RPC over a byte stream. Whatever arrives, reading it neither panics nor reserves more
//! memory than a message may have, and no error quotes a message: documents hold secrets.

use std::io::{self, BufRead, Read as _, Write};

use serde_json::{Value, json};

/// Bytes of a message. A larger one is skipped and refused.
const MAX_MESSAGE: u64 = 256 << 20;
/// Bytes of a header line.
const MAX_HEADER: u64 = 8 << 10;

/// The request was taken back.
pub(super) const CANCELLED: i64 = -32800;
/// The method is not known.
pub(super) const METHOD_NOT_FOUND: i64 = -32601;
/// The parameters have another form.
pub(super) const INVALID_PARAMS: i64 = -32602;
/// The server failed.
pub(super) const INTERNAL_ERROR: i64 = -32603;
/// What arrived is no request.
const INVALID_REQUEST: i64 = -32600;
/// What arrived is no JSON.
const PARSE_ERROR: i64 = -32700;

/// A message from the client.
#[derive(Debug)]
pub(super) enum Message {
    /// Wants an answer.
    Request {
        /// What the answer is to be marked with.
        id: Value,
        method: String,
        params: Value,
    },
    /// Wants none.
    Notification { method: String, params: Value },
    /// Answers a request of the server.
    Response,
    /// Has no meaning; the answer that says so.
    Unreadable(Value),
}

/// The next message; `None` at the end of the stream.
///
/// # Errors
/// When the stream fails, or its headers do not say where a message ends.
pub(super) fn read(from: &mut impl BufRead) -> io::Result<Option<Message>> {
    let Some(length) = read_length(from)? else {
        return Ok(None);
    };
    if length > MAX_MESSAGE {
        io::copy(&mut from.take(length), &mut io::sink())?;
        let answer = failure(&Value::Null, INVALID_REQUEST, "this message is too large");
        return Ok(Some(Message::Unreadable(answer)));
    }
    let mut body = Vec::new();
    if from.take(length).read_to_end(&mut body)? as u64 != length {
        return Ok(None);
    }
    Ok(Some(parse(&body)))
}

/// The length of the message after the headers; `None` at the end of the stream.
fn read_length(from: &mut impl BufRead) -> io::Result<Option<u64>> {
    let refused = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut length = None;
    loop {
        let mut line = Vec::new();
        from.take(MAX_HEADER).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        if line.last() != Some(&b'\n') {
            return Err(refused("a header of a message has no end"));
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            return length.map_or_else(
                || Err(refused("a message has no Content-Length")),
                |length| Ok(Some(length)),
            );
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            let value = value.trim().parse();
            length = Some(value.map_err(|_| refused("a Content-Length is no number"))?);
        }
    }
}

fn parse(body: &[u8]) -> Message {
    let Ok(mut message) = serde_json::from_slice::<Value>(body) else {
        return Message::Unreadable(failure(&Value::Null, PARSE_ERROR, "this is no JSON"));
    };
    let mut take = |name: &str| message.get_mut(name).map(Value::take);
    let (id, method, params) = (take("id"), take("method"), take("params"));
    let params = params.unwrap_or_default();
    match (id, method) {
        (Some(id), Some(Value::String(method))) => Message::Request { id, method, params },
        (None, Some(Value::String(method))) => Message::Notification { method, params },
        (Some(_), None) => Message::Response,
        _ => Message::Unreadable(failure(
            &Value::Null,
            INVALID_REQUEST,
            "this is neither a request nor an answer",
        )),
    }
}

/// Writes a message.
///
/// # Errors
/// When the stream fails.
pub(super) fn write(to: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(to, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    to.flush()
}

/// An answer.
pub(super) fn success(id: &Value, result: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

/// An answer that says why there is none.
pub(super) fn failure(id: &Value, code: i64, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

/// A message that wants no answer.
pub(super) fn notification(method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "method": method, "params": params})
}

/// A message that wants an answer.
pub(super) fn request(id: &str, method: &str, params: Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    #[test]
    fn what_has_no_meaning_is_answered_and_the_next_message_is_read() {
        let mut stream = message("{");
        stream.extend(message("[1]"));
        stream.extend(message(r#"{"method": 7}"#));
        stream.extend(message(r#"{"method": "exit"}"#));
        let mut stream = stream.as_slice();
        for _ in 0..3 {
            let read = read(&mut stream).unwrap();
            assert!(matches!(read, Some(Message::Unreadable(_))), "{read:?}");
        }
        let read_last = read(&mut stream).unwrap();
        assert!(
            matches!(read_last, Some(Message::Notification { method, .. }) if method == "exit")
        );
        assert!(read(&mut stream).unwrap().is_none());
    }

    #[test]
    fn headers_without_a_length_end_the_stream() {
        for header in [
            "Content-Length: many\r\n\r\n",
            "Content-Type: x\r\n\r\n{}",
            "Content-Le",
        ] {
            assert!(read(&mut header.as_bytes()).is_err(), "{header}");
        }
    }

    #[test]
    fn a_length_that_is_never_reached_reserves_nothing() {
        let header = format!("Content-Length: {}\r\n\r\n{{}}", u64::MAX);
        assert!(matches!(
            read(&mut header.as_bytes()).unwrap(),
            Some(Message::Unreadable(_))
        ));
        let header = format!("Content-Length: {MAX_MESSAGE}\r\n\r\n{{}}");
        assert!(read(&mut header.as_bytes()).unwrap().is_none());
    }
}
