//! The shapes of bodies, for the description of the service.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    AnyOfBuilder, ArrayBuilder, ObjectBuilder, Ref, Schema, SchemaType, Type,
};

type Shape = RefOr<Schema>;

/// Returns all shapes with their names.
pub fn all() -> Vec<(&'static str, Shape)> {
    let mut shapes = vec![
        ("Article", any(&["TextArticle", "PageArticle"])),
        ("TextArticle", text_article()),
        ("PageArticle", page_article()),
        ("Articles", one_or_many("Article")),
        ("ScoreRow", row(&[("known_share", number_or_null())])),
        ("Scores", one_or_many("ScoreRow")),
        (
            "ExplanationRow",
            row(&[("text", of(Type::String)), ("terms", object(&[], &[]))]),
        ),
        ("Explanations", one_or_many("ExplanationRow")),
        ("ErrorRow", error_row()),
        ("Models", models()),
        ("Model", model()),
        ("Answer", answer()),
        ("Answers", one_or_many("Answer")),
        ("Undo", object(&[("annotator", words())], &["annotator"])),
        (
            "Added",
            object(&[("numbers", list(of(Type::Integer)))], &["numbers"]),
        ),
        ("Correction", correction()),
        (
            "Corrections",
            object(
                &[("corrections", list(reference("Correction")))],
                &["corrections"],
            ),
        ),
        ("Problem", problem()),
    ];
    shapes.extend(of_the_desk());
    shapes
}

/// Returns the shapes of what the desk takes and answers.
fn of_the_desk() -> Vec<(&'static str, Shape)> {
    let number = || of(Type::Integer);
    let counted = |names: &[&'static str]| {
        let members: Vec<(&str, Shape)> = names.iter().map(|name| (*name, number())).collect();
        object(&members, names)
    };
    let listed = |name: &'static str, more: &[(&'static str, Shape)]| {
        let mut members = vec![(name, list(object(&[], &[])))];
        members.extend(more.iter().cloned());
        let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
        object(&members, &names)
    };
    let who = [("annotator", words()), ("head", words())];
    vec![
        ("WaitingArticle", waiting_article()),
        ("WaitingArticles", one_or_many("WaitingArticle")),
        ("Received", counted(&["added", "known"])),
        ("Skip", object(&who, &["annotator", "head"])),
        (
            "Skipped",
            object(&[("skipped", of(Type::Boolean))], &["skipped"]),
        ),
        (
            "Queue",
            listed(
                "articles",
                &[("waiting", number()), ("strategy", of(Type::String))],
            ),
        ),
        ("Wish", object(&[("force", of(Type::Boolean))], &[])),
        ("Retrained", retrained()),
        (
            "History",
            listed(
                "models",
                &[("serving", number()), ("first", of(Type::String))],
            ),
        ),
        (
            "Evaluation",
            listed(
                "heads",
                &[("model", object(&[], &[])), ("share", of(Type::Number))],
            ),
        ),
        ("Agreement", listed("heads", &[])),
    ]
}

fn waiting_article() -> Shape {
    let text = || several(&[Type::String, Type::Null]);
    let members = [
        ("id", several(&[Type::String, Type::Integer])),
        ("title", text()),
        ("text", words()),
        ("source", text()),
        ("date", text()),
    ];
    object(&members, &["text"])
}

/// A model that was made of corrections.
fn retrained() -> Shape {
    let members = [
        ("number", of(Type::Integer)),
        ("hash", of(Type::String)),
        ("corrections", of(Type::Integer)),
        ("unknown", of(Type::Integer)),
        ("seconds", of(Type::Number)),
        ("in_service", of(Type::Boolean)),
        ("refused", several(&[Type::String, Type::Null])),
        ("heads", list(object(&[], &[]))),
        ("flipped", object(&[], &[])),
    ];
    let names = members.each_ref().map(|(name, _)| *name);
    object(&members, &names)
}

/// Returns the shape of an object with these members, and which of them are always there.
pub fn object(members: &[(&str, Shape)], required: &[&str]) -> Shape {
    let mut object = ObjectBuilder::new().schema_type(Type::Object);
    for (name, shape) in members {
        object = object.property(*name, shape.clone());
    }
    for name in required {
        object = object.required(*name);
    }
    object.into()
}

fn of(kind: Type) -> Shape {
    ObjectBuilder::new().schema_type(kind).into()
}

fn several(kinds: &[Type]) -> Shape {
    let kinds: SchemaType = kinds.iter().cloned().collect();
    ObjectBuilder::new().schema_type(kinds).into()
}

fn list(shape: Shape) -> Shape {
    ArrayBuilder::new().items(shape).into()
}

fn reference(name: &str) -> Shape {
    Ref::from_schema_name(name).into()
}

fn any(names: &[&str]) -> Shape {
    let shapes = names.iter().map(|name| reference(name));
    shapes.fold(AnyOfBuilder::new(), AnyOfBuilder::item).into()
}

fn one_or_many(name: &str) -> Shape {
    let one = AnyOfBuilder::new().item(reference(name));
    one.item(list(reference(name))).into()
}

fn number_or_null() -> Shape {
    several(&[Type::Number, Type::Null])
}

fn id() -> Shape {
    several(&[Type::String, Type::Integer, Type::Null])
}

/// A text with something other than white space.
fn words() -> Shape {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.pattern(Some(r"\S")).into()
}

/// The name of a model.
pub fn name() -> Shape {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.min_length(Some(1)).into()
}

/// A number of things.
pub fn count() -> Shape {
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    number.minimum(Some(0)).into()
}

/// A number of things, or all.
pub fn count_or_all() -> Shape {
    let all = ObjectBuilder::new().schema_type(Type::String);
    let all = all.enum_values(Some(["all"]));
    AnyOfBuilder::new().item(count()).item(all).into()
}

/// One of several words.
pub fn one_of(names: &[&str]) -> Shape {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.enum_values(Some(names.iter().map(ToString::to_string)))
        .into()
}

/// A share of the whole, between none and all.
pub fn share() -> Shape {
    let number = ObjectBuilder::new().schema_type(Type::Number);
    let above = number.exclusive_minimum(Some(0));
    above.exclusive_maximum(Some(1)).into()
}

fn text_article() -> Shape {
    let title = several(&[Type::String, Type::Null]);
    let page = of(Type::Null);
    let members = [
        ("id", id()),
        ("title", title),
        ("text", words()),
        ("html", page),
    ];
    object(&members, &["text"])
}

fn page_article() -> Shape {
    let title = several(&[Type::String, Type::Null]);
    let text = of(Type::Null);
    let members = [
        ("id", id()),
        ("title", title),
        ("text", text),
        ("html", words()),
    ];
    object(&members, &["html"])
}

/// A row of an answer: what all rows have, and these members.
fn row(more: &[(&str, Shape)]) -> Shape {
    let texts = |names: &[&'static str]| {
        let members: Vec<(&str, Shape)> =
            names.iter().map(|name| (*name, of(Type::String))).collect();
        object(&members, names)
    };
    let id = several(&[Type::String, Type::Integer]);
    let head = object(
        &[
            ("label", of(Type::String)),
            ("labels", list(of(Type::String))),
            ("scores", object(&[], &[])),
            ("probabilities", of(Type::Boolean)),
        ],
        &["scores", "probabilities"],
    );
    let heads = ObjectBuilder::new().schema_type(Type::Object);
    let mut members = vec![
        ("id", id),
        ("heads", heads.additional_properties(Some(head)).into()),
        ("known_terms", of(Type::Integer)),
        ("model", texts(&["name", "version", "hash"])),
    ];
    members.extend(more.iter().cloned());
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    object(&members, &names)
}

fn error_row() -> Shape {
    let members = [
        ("id", id()),
        ("line", of(Type::Integer)),
        ("error", reference("Problem")),
    ];
    object(&members, &["id", "line", "error"])
}

/// An answer of an annotator to a head of an article.
fn answer() -> Shape {
    let text = || several(&[Type::String, Type::Null]);
    let members = [
        ("id", of(Type::String)),
        ("title", text()),
        ("text", words()),
        ("source", text()),
        ("date", text()),
        ("head", words()),
        ("labels", list(of(Type::String))),
        ("annotator", words()),
        ("reason", text()),
        ("note", text()),
    ];
    object(&members, &["text", "head", "labels", "annotator"])
}

/// A row of the store.
fn correction() -> Shape {
    let text = || several(&[Type::String, Type::Null]);
    let labels = ArrayBuilder::new().items(of(Type::String));
    let labels = AnyOfBuilder::new().item(labels).item(of(Type::Null));
    let members = [
        ("number", of(Type::Integer)),
        ("id", of(Type::String)),
        ("title", text()),
        ("text", of(Type::String)),
        ("source", text()),
        ("date", text()),
        ("text_hash", of(Type::String)),
        ("head", of(Type::String)),
        ("kind", of(Type::String)),
        ("labels", labels.into()),
        ("annotator", of(Type::String)),
        ("at", of(Type::String)),
        ("model", text()),
        ("scores", object(&[], &[])),
        ("reason", text()),
        ("note", text()),
        ("undoes", several(&[Type::Integer, Type::Null])),
        ("in_force", of(Type::Boolean)),
    ];
    object(
        &members,
        &[
            "number",
            "text",
            "head",
            "labels",
            "annotator",
            "at",
            "in_force",
        ],
    )
}

fn models() -> Shape {
    let members = [
        ("default", of(Type::String)),
        ("models", list(reference("Model"))),
    ];
    object(&members, &["default", "models"])
}

fn model() -> Shape {
    let head = object(
        &[
            ("name", of(Type::String)),
            ("kind", of(Type::String)),
            ("labels", list(of(Type::String))),
            ("thresholds", list(of(Type::Number))),
            ("probabilities", of(Type::Boolean)),
        ],
        &["name", "kind", "labels", "thresholds", "probabilities"],
    );
    let members = [
        ("name", of(Type::String)),
        ("hash", of(Type::String)),
        ("text", list(of(Type::String))),
        ("heads", list(head)),
        ("card", object(&[], &[])),
    ];
    object(&members, &["name", "hash", "text", "heads", "card"])
}

fn problem() -> Shape {
    let members = [
        ("type", of(Type::String)),
        ("title", of(Type::String)),
        ("status", of(Type::Integer)),
        ("detail", of(Type::String)),
        ("line", of(Type::Integer)),
        ("id", id()),
    ];
    object(&members, &["type", "title", "status", "detail"])
}
