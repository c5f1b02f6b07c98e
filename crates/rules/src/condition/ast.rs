//! The syntax tree of a condition.

/// A range of bytes of the condition's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Macro(String, Span),
    Check(Check),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Check {
    pub(crate) left: Operand,
    pub(crate) op: Op,
    pub(crate) op_span: Span,
    pub(crate) right: Right,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Field {
        name: String,
        argument: Option<String>,
        span: Span,
    },
    Call {
        function: Function,
        of: Box<Operand>,
        span: Span,
    },
    /// A transformer of several values: `join(",", proc.args)`; `getopt` may select one option in brackets.
    Combine {
        function: Combine,
        of: Vec<Operand>,
        selector: Option<String>,
        span: Span,
    },
    /// A text, inside a transformer of several values.
    Text {
        text: String,
        span: Span,
    },
    /// Several values in parentheses, inside a transformer of several values.
    List {
        items: Vec<Operand>,
        span: Span,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Right {
    /// After `exists`.
    Nothing,
    Word(Word),
    /// In parentheses; what names a list stands for its items.
    List(Vec<Word>, Span),
    Operand(Operand),
}

/// A text on the right of an operator.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// A quoted word never names a list.
    pub(crate) quoted: bool,
    pub(crate) span: Span,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $name { $($variant),+ }

        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// Symbols before words, and longer before their beginnings, as the lexer tries them in this order.
    Op {
        Same = "==", Ne = "!=", Le = "<=", Ge = ">=", Eq = "=", Lt = "<", Gt = ">",
        Contains = "contains", IContains = "icontains", BContains = "bcontains",
        StartsWith = "startswith", BStartsWith = "bstartswith", EndsWith = "endswith",
        In = "in", Intersects = "intersects", Pmatch = "pmatch",
        Glob = "glob", IGlob = "iglob", Regex = "regex", Exists = "exists",
    }
}

words! {
    /// What may be done to a field before it is compared.
    Function {
        ToLower = "tolower", ToUpper = "toupper", Base64 = "b64", Basename = "basename",
        Len = "len", Storage = "storage", Val = "val",
    }
}

words! {
    /// What may be made of several values.
    Combine { Join = "join", Concat = "concat", GetOpt = "getopt" }
}

impl Op {
    pub(crate) fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::Intersects | Self::Pmatch)
    }
}

impl Operand {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Field { span, .. }
            | Self::Call { span, .. }
            | Self::Combine { span, .. }
            | Self::Text { span, .. }
            | Self::List { span, .. } => *span,
        }
    }
}
