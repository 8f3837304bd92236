//! The msgpack of cty, on `rmpv`, guided by the type.
//! <https://github.com/zclconf/go-cty/blob/main/cty/msgpack/doc.go>

use std::collections::BTreeMap;

use rmpv::Value as Packed;

use super::number::Number;
use super::proto::tfplugin5::DynamicValue;
use super::ty::Type;
use super::value::Value;

/// What the provider sent is no value of the type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct CodecError {
    place: String,
    reason: String,
}

/// Writes `value` as a `DynamicValue` of `ty`, as Terraform does.
///
/// # Errors
/// When it is no value of that type.
pub fn encode(value: &Value, ty: &Type) -> Result<DynamicValue, CodecError> {
    let mut msgpack = Vec::new();
    let packed = pack(value, ty, "value")?;
    rmpv::encode::write_value(&mut msgpack, &packed)
        .map_err(|error| fault("value", &error.to_string()))?;
    Ok(DynamicValue {
        msgpack,
        json: Vec::new(),
    })
}

/// Reads a `DynamicValue` of `ty`. One that is empty or absent is null.
///
/// # Errors
/// When it is no value of that type.
pub fn decode(value: Option<&DynamicValue>, ty: &Type) -> Result<Value, CodecError> {
    let Some(value) = value else {
        return Ok(Value::Null);
    };
    if value.msgpack.is_empty() {
        if value.json.is_empty() {
            return Ok(Value::Null);
        }
        let json: serde_json::Value = serde_json::from_slice(&value.json)
            .map_err(|error| fault("value", &error.to_string()))?;
        return Ok((&json).into());
    }
    let mut rest = value.msgpack.as_slice();
    let packed =
        rmpv::decode::read_value(&mut rest).map_err(|error| fault("value", &error.to_string()))?;
    if !rest.is_empty() {
        return Err(fault("value", "something follows it"));
    }
    unpack(packed, ty, "value")
}

/// `value` as it would come back from a decoder: sets in order and without repetitions, objects with all attributes.
#[must_use]
pub fn normal(value: &Value, ty: &Type) -> Value {
    match (value, ty) {
        (Value::List(elements), Type::List(ty)) => {
            elements.iter().map(|element| normal(element, ty)).collect()
        }
        (Value::List(elements), Type::Set(ty)) => {
            let mut elements: Vec<Value> =
                elements.iter().map(|element| normal(element, ty)).collect();
            elements.sort();
            elements.dedup();
            Value::List(elements)
        }
        (Value::Object(members), Type::Map(ty)) => Value::object(
            members
                .iter()
                .map(|(name, member)| (name.as_str(), normal(member, ty))),
        ),
        (Value::Object(members), Type::Object(types)) => {
            let mut members = members.clone();
            for (name, ty) in types {
                let member = members.remove(name).unwrap_or(Value::Null);
                members.insert(name.clone(), normal(&member, ty));
            }
            Value::Object(members)
        }
        (other, _) => other.clone(),
    }
}

fn fault(place: &str, reason: &str) -> CodecError {
    CodecError {
        place: place.to_owned(),
        reason: reason.to_owned(),
    }
}

fn pack(value: &Value, ty: &Type, place: &str) -> Result<Packed, CodecError> {
    match (value, ty) {
        (Value::Null, _) => Ok(Packed::Nil),
        (Value::Unknown, _) => Ok(Packed::Ext(0, vec![0])),
        (_, Type::Dynamic) => {
            let ty = Type::of(value);
            let name = ty.to_json().to_string().into_bytes();
            Ok(Packed::Array(vec![
                Packed::Binary(name),
                pack(value, &ty, place)?,
            ]))
        }
        (Value::Bool(truth), Type::Bool) => Ok(Packed::Boolean(*truth)),
        (Value::String(text), Type::String) => Ok(text.as_str().into()),
        (Value::Number(number), Type::Number) => Ok(match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => integer.into(),
            (None, Some(float)) => float.into(),
            (None, None) => number.as_str().into(),
        }),
        (Value::List(elements), Type::List(ty) | Type::Set(ty)) => elements
            .iter()
            .enumerate()
            .map(|(index, element)| pack(element, ty, &format!("{place}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Packed::Array),
        (Value::List(elements), Type::Tuple(types)) if elements.len() == types.len() => elements
            .iter()
            .zip(types)
            .enumerate()
            .map(|(index, (element, ty))| pack(element, ty, &format!("{place}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Packed::Array),
        (Value::Object(members), Type::Map(ty)) => members
            .iter()
            .map(|(name, member)| {
                let member = pack(member, ty, &format!("{place}[{name:?}]"))?;
                Ok((name.as_str().into(), member))
            })
            .collect::<Result<_, _>>()
            .map(Packed::Map),
        (Value::Object(members), Type::Object(types)) => {
            if let Some(stranger) = members.keys().find(|name| !types.contains_key(*name)) {
                return Err(fault(place, &format!("the type has no {stranger}")));
            }
            types
                .iter()
                .map(|(name, ty)| {
                    let member = pack(value.get(name), ty, &format!("{place}.{name}"))?;
                    Ok((name.as_str().into(), member))
                })
                .collect::<Result<_, _>>()
                .map(Packed::Map)
        }
        _ => Err(fault(place, &format!("{value} is no {}", ty.to_json()))),
    }
}

fn unpack(packed: Packed, ty: &Type, place: &str) -> Result<Value, CodecError> {
    match (packed, ty) {
        (Packed::Nil, _) => Ok(Value::Null),
        // Type 0 is unknown, type 12 unknown with what is known about it.
        (Packed::Ext(0 | 12, _), _) => Ok(Value::Unknown),
        (Packed::Array(parts), Type::Dynamic) => match <[Packed; 2]>::try_from(parts) {
            Ok([Packed::Binary(name), value]) => {
                let ty = serde_json::from_slice(&name)
                    .ok()
                    .and_then(|json| Type::from_json(&json))
                    .ok_or_else(|| fault(place, "its type cannot be read"))?;
                unpack(value, &ty, place)
            }
            _ => Err(fault(place, "it tells no type")),
        },
        (Packed::Boolean(truth), Type::Bool) => Ok(Value::Bool(truth)),
        (Packed::String(text), Type::String) => match text.into_str() {
            Some(text) => Ok(Value::String(text)),
            None => Err(fault(place, "a text is not UTF-8")),
        },
        (packed, Type::Number) => number(&packed)
            .map(Value::Number)
            .ok_or_else(|| fault(place, "it is no number")),
        (Packed::Array(elements), Type::List(ty)) => elements
            .into_iter()
            .enumerate()
            .map(|(index, element)| unpack(element, ty, &format!("{place}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Value::List),
        (Packed::Array(elements), Type::Set(ty)) => {
            let mut elements: Vec<Value> = elements
                .into_iter()
                .map(|element| unpack(element, ty, &format!("{place}[]")))
                .collect::<Result<_, _>>()?;
            elements.sort();
            elements.dedup();
            Ok(Value::List(elements))
        }
        (Packed::Array(elements), Type::Tuple(types)) if elements.len() == types.len() => elements
            .into_iter()
            .zip(types)
            .enumerate()
            .map(|(index, (element, ty))| unpack(element, ty, &format!("{place}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Value::List),
        (Packed::Map(members), Type::Map(ty)) => {
            let mut found = BTreeMap::new();
            for (name, member) in members {
                let name = key(&name, place)?;
                let member = unpack(member, ty, &format!("{place}[{name:?}]"))?;
                found.insert(name, member);
            }
            Ok(Value::Object(found))
        }
        (Packed::Map(members), Type::Object(types)) => {
            let mut found = BTreeMap::new();
            for (name, member) in members {
                let name = key(&name, place)?;
                let ty = types
                    .get(&name)
                    .ok_or_else(|| fault(place, &format!("the type has no {name}")))?;
                let member = unpack(member, ty, &format!("{place}.{name}"))?;
                if found.insert(name.clone(), member).is_some() {
                    return Err(fault(place, &format!("{name} stands twice")));
                }
            }
            match types.keys().find(|name| !found.contains_key(*name)) {
                Some(missing) => Err(fault(place, &format!("{missing} is missing"))),
                None => Ok(Value::Object(found)),
            }
        }
        (packed, ty) => Err(fault(place, &format!("{packed} is no {}", ty.to_json()))),
    }
}

fn key(name: &Packed, place: &str) -> Result<String, CodecError> {
    name.as_str()
        .map(str::to_owned)
        .ok_or_else(|| fault(place, "a name is no text"))
}

fn number(packed: &Packed) -> Option<Number> {
    match packed {
        Packed::Integer(integer) => Number::parse(&integer.to_string()),
        Packed::F32(float) => Number::exactly(f64::from(*float)),
        Packed::F64(float) => Number::exactly(*float),
        Packed::String(text) => Number::parse(text.as_str()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_terraform_writes_them() {
        let cases: [(&str, &[u8]); 3] = [
            ("7", &[7]),
            ("0.5", &[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0]),
            // No binary number is exactly a tenth, so the digits travel.
            ("0.1", &[0xa3, b'0', b'.', b'1']),
        ];
        for (text, bytes) in cases {
            let number = Value::Number(Number::parse(text).unwrap());
            let written = encode(&number, &Type::Number).unwrap();
            assert_eq!(written.msgpack, bytes, "{text}");
            assert_eq!(decode(Some(&written), &Type::Number).unwrap(), number);
        }
    }

    #[test]
    fn an_object_has_all_of_its_attributes() {
        let ty = Type::Object(BTreeMap::from([
            ("a".to_owned(), Type::String),
            ("b".to_owned(), Type::Dynamic),
        ]));
        let value = Value::object([("b", Value::list([true.into(), Value::Null]))]);
        let written = encode(&value, &ty).unwrap();
        let read = decode(Some(&written), &ty).unwrap();
        assert_eq!(read, value.with("a", Value::Null));

        let incomplete = DynamicValue {
            msgpack: vec![0x81, 0xa1, b'a', 0xc0],
            json: Vec::new(),
        };
        let error = decode(Some(&incomplete), &ty).unwrap_err();
        assert_eq!(error.to_string(), "value: b is missing");
    }
}
