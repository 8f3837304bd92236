//! Where things stand in an HCL file, and where a line can be put in.

use crate::source::SourceFile;
use crate::source::hcl::ast::{Attribute, Block, Item};
use crate::source::span::Span;

/// The innermost block whose header starts at a byte.
pub(crate) fn block_at(file: &SourceFile, start: u32) -> Option<&Block> {
    fn within(items: &[Item], start: u32) -> Option<&Block> {
        items.iter().find_map(|item| match item {
            Item::Block(block) if block.name.start == start => Some(block),
            Item::Block(block) if block.span.start <= start && start < block.span.end => {
                within(&block.body.items, start)
            }
            _ => None,
        })
    }
    within(file.items(), start)
}

/// The argument whose name or value holds a byte, with the blocks around it, the outermost first.
pub(crate) fn attribute_at(file: &SourceFile, at: u32) -> Option<(Vec<&Block>, &Attribute)> {
    fn within<'f>(items: &'f [Item], at: u32, path: &mut Vec<&'f Block>) -> Option<&'f Attribute> {
        for item in items {
            match item {
                Item::Attribute(attribute)
                    if attribute.name.start <= at && at < attribute.value.span.end =>
                {
                    return Some(attribute);
                }
                Item::Block(block) if block.span.start <= at && at < block.span.end => {
                    path.push(block);
                    return within(&block.body.items, at, path);
                }
                _ => {}
            }
        }
        None
    }
    let mut path = Vec::new();
    let attribute = within(file.items(), at, &mut path)?;
    Some((path, attribute))
}

/// The blanks at the start of the line that holds a byte.
pub(crate) fn indent(file: &SourceFile, at: u32) -> &str {
    let line = file
        .lines
        .span(&file.text, file.lines.line(at))
        .of(&file.text);
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    line.get(..blanks).unwrap_or_default()
}

/// The line end that a file uses.
pub(crate) fn line_end(file: &SourceFile) -> &'static str {
    match file.text.contains("\r\n") {
        true => "\r\n",
        false => "\n",
    }
}

/// The edits that add an argument to the end of a block.
pub(crate) fn append(
    file: &SourceFile,
    block: &Block,
    name: &str,
    value: &str,
) -> Vec<(Span, String)> {
    let end = line_end(file);
    let inner = block.body.span;
    let outer = indent(file, block.span.start);
    let argument = format!("{name} = {value}");
    let last_line = file.lines.line(block.span.end.saturating_sub(1));
    if file.lines.line(block.span.start) == last_line {
        let kept = match inner.of(&file.text).trim() {
            "" => String::new(),
            kept => format!("{end}{outer}  {kept}"),
        };
        return vec![(inner, format!("{kept}{end}{outer}  {argument}{end}{outer}"))];
    }
    match block.body.items.last() {
        None => {
            let start = Span {
                start: inner.start,
                end: inner.start,
            };
            vec![(start, format!("{end}{outer}  {argument}"))]
        }
        Some(Item::Attribute(last)) => {
            let same = last.name.of(&file.text);
            aligned(file, &block.body.items, last, same, Some((name, value)))
        }
        Some(Item::Block(last)) => {
            vec![after_line(file, last.span.start, last.span.end, &argument)]
        }
    }
}

/// The edit that adds a line after the line on which something ends, as deep as where it starts.
pub(crate) fn after_line(file: &SourceFile, from: u32, to: u32, line: &str) -> (Span, String) {
    let last = file
        .lines
        .span(&file.text, file.lines.line(to.saturating_sub(1)));
    let at = Span {
        start: last.end,
        end: last.end,
    };
    (
        at,
        format!("{}{}{line}", line_end(file), indent(file, from)),
    )
}

/// The edits that keep the `=` of neighbouring arguments in one column, as `terraform fmt` wants them, when
/// an argument gets another name or a new one is put in after it. Where they were not in one column, only
/// the change itself comes back.
pub(crate) fn aligned(
    file: &SourceFile,
    items: &[Item],
    anchor: &Attribute,
    name: &str,
    added: Option<(&str, &str)>,
) -> Vec<(Span, String)> {
    let chain = chain(file, items, anchor);
    let equals = |attribute: &Attribute| {
        let gap = Span {
            start: attribute.name.end,
            end: attribute.value.span.start,
        };
        let at = gap.of(&file.text).find('=')?;
        Some(Span {
            start: gap.start,
            end: gap.start + u32::try_from(at).ok()?,
        })
    };
    let column = |attribute: &Attribute| {
        let line = file
            .lines
            .span(&file.text, file.lines.line(attribute.name.start));
        equals(attribute).map(|gap| gap.end - line.start)
    };
    let was_aligned = chain.iter().all(|one| column(one) == column(anchor));
    let is_whole = |attribute: &Attribute| std::ptr::eq(attribute, anchor);
    let name_of = |attribute: &Attribute| match is_whole(attribute) {
        true => name.len(),
        false => attribute.name.len(),
    };
    let longest = chain
        .iter()
        .map(|one| name_of(one))
        .chain(added.map(|(name, _)| name.len()))
        .max();
    let width = match (was_aligned, longest) {
        (true, Some(longest)) => longest,
        _ => 0,
    };
    let padded = |len: usize| " ".repeat(width.saturating_sub(len) + 1);
    let mut edits = Vec::new();
    for one in chain {
        let Some(gap) = equals(one) else { continue };
        if is_whole(one) {
            let whole = Span {
                start: one.name.start,
                end: gap.end,
            };
            let text = format!("{name}{}", padded(name.len()));
            if whole.of(&file.text) != text {
                edits.push((whole, text));
            }
        } else if was_aligned && gap.of(&file.text) != padded(one.name.len()) {
            edits.push((gap, padded(one.name.len())));
        }
    }
    if let Some((name, value)) = added {
        let line = format!("{name}{}= {value}", padded(name.len()));
        edits.push(after_line(
            file,
            anchor.name.start,
            anchor.value.span.end,
            &line,
        ));
    }
    edits
}

/// The arguments on the lines right before and after one, as far as no line lies between them.
fn chain<'f>(file: &SourceFile, items: &'f [Item], anchor: &'f Attribute) -> Vec<&'f Attribute> {
    let first = |attribute: &Attribute| file.lines.line(attribute.name.start);
    let last = |attribute: &Attribute| file.lines.line(attribute.value.span.end.saturating_sub(1));
    let follows = |one: &Attribute, next: &Attribute| {
        first(next) == first(one) + 1 && first(one) == last(one)
    };
    let attributes: Vec<Option<&Attribute>> = items
        .iter()
        .map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
        .collect();
    let at = attributes
        .iter()
        .position(|one| one.is_some_and(|one| std::ptr::eq(one, anchor)));
    let (before, after) = attributes.split_at(at.unwrap_or_default());
    let mut chain = vec![anchor];
    for one in before.iter().rev() {
        match (one, chain.first()) {
            (Some(one), Some(next)) if follows(one, next) => chain.insert(0, one),
            _ => break,
        }
    }
    for one in after.iter().skip(1) {
        match (one, chain.last()) {
            (Some(one), Some(before)) if follows(before, one) => chain.push(one),
            _ => break,
        }
    }
    chain
}
