//! How much one GraphQL document may be and may ask for.

/// How much one GraphQL document may be and may ask for. Every default lets the introspection of GraphiQL and of code
/// generators through. Counts are taken over the whole document, of all its operations, with fragments written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphqlLimits {
    /// `GRAPHQL_MAX_BYTES`: the length of a document, in bytes of UTF-8; 32768.
    pub bytes: u64,
    /// `GRAPHQL_MAX_TOKENS`: names, numbers, strings and punctuation; 4000.
    pub tokens: u64,
    /// `GRAPHQL_MAX_DEPTH`: how deep selections and values may nest, a fragment counting as a level, 1 to 64; 32.
    pub depth: u64,
    /// `GRAPHQL_MAX_FIELDS`: fields and uses of fragments, each fragment written out where it is used; 2000.
    pub fields: u64,
    /// `GRAPHQL_MAX_ALIASES`: fields that are asked under another name; 100.
    pub aliases: u64,
    /// `GRAPHQL_MAX_ROOT_FIELDS`: fields at the top of one operation; 20.
    pub root_fields: u64,
    /// `GRAPHQL_MAX_DIRECTIVES`: uses of directives; 100.
    pub directives: u64,
    /// `GRAPHQL_MAX_FRAGMENTS`: fragments that are defined; 100.
    pub fragments: u64,
    /// `GRAPHQL_MAX_COMPLEXITY`: values the answer may come to, by the lengths of the pages asked for; 25000.
    pub complexity: u64,
    /// `GRAPHQL_DOCUMENT_CACHE_KB`: kibibytes of documents that are kept parsed and known to be valid, 0 = none; 8192.
    /// Here in bytes.
    pub document_cache_bytes: u64,
}

/// The deepest nesting that may be allowed: the parser has a bound of its own.
pub(super) const DEEPEST: u64 = 64;

impl Default for GraphqlLimits {
    fn default() -> Self {
        Self {
            bytes: 32 << 10,
            tokens: 4_000,
            depth: 32,
            fields: 2_000,
            aliases: 100,
            root_fields: 20,
            directives: 100,
            fragments: 100,
            complexity: 25_000,
            document_cache_bytes: 8 << 20,
        }
    }
}
