//! What Redis says of itself, for an operator who asks: never on the path of a user's request.

use deadpool_redis::redis::{self, Value};

use super::{Access, Patience, RedisConn, RedisError};

/// Figures of the whole server (of all masters of a cluster together), whoever else uses it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RedisFigures {
    /// Keys in the database.
    pub keys: u64,
    /// Bytes in use.
    pub memory_bytes: u64,
    /// The most bytes it may use, 0 = no limit.
    pub memory_max_bytes: u64,
}

/// Asks.
pub(super) async fn ask(redis: &RedisConn) -> Result<RedisFigures, RedisError> {
    let mut info = redis::cmd("INFO");
    info.arg("memory");
    let size = redis::cmd("DBSIZE");
    let memory: Value = redis.query(&info, Access::Read, Patience::Background).await?;
    let keys = redis.query(&size, Access::Read, Patience::Background).await?;
    Ok(RedisFigures {
        keys,
        memory_bytes: sum(&memory, "used_memory"),
        memory_max_bytes: sum(&memory, "maxmemory"),
    })
}

/// One field of an INFO answer; a cluster answers with one a node.
fn sum(answer: &Value, field: &str) -> u64 {
    match answer {
        Value::Map(nodes) => nodes.iter().map(|(_, node)| sum(node, field)).sum(),
        Value::Array(items) => items.iter().map(|item| sum(item, field)).sum(),
        Value::BulkString(bytes) => read(&String::from_utf8_lossy(bytes), field),
        Value::VerbatimString { text, .. } | Value::SimpleString(text) => read(text, field),
        _ => 0,
    }
}

fn read(text: &str, field: &str) -> u64 {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    let found = pairs.find(|(name, _)| *name == field);
    found
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_read_whole_and_summed_over_the_nodes_of_a_cluster() {
        let node = |used: u64| {
            let text = format!("# Memory\r\nused_memory_rss:9\r\nused_memory:{used}\r\nmaxmemory:0\r\n");
            Value::BulkString(text.into_bytes())
        };
        assert_eq!(sum(&node(7), "used_memory"), 7);
        let name = |name: &str| Value::SimpleString(name.to_owned());
        let cluster = Value::Map(vec![(name("a:1"), node(7)), (name("b:1"), node(5))]);
        assert_eq!(sum(&cluster, "used_memory"), 12);
        assert_eq!(sum(&Value::Nil, "used_memory"), 0);
    }
}
