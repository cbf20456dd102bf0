//! The figures of the process and of the threads that work in it, by the names all Prometheus clients use.

use super::page::Page;

/// Writes what the system tells of this process; what it does not tell is left out.
pub(super) fn write(page: &mut Page) {
    let runtime = tokio::runtime::Handle::current().metrics();
    let gauges = [
        (
            "autodex_runtime_workers",
            "Threads that run requests.",
            runtime.num_workers(),
        ),
        (
            "autodex_runtime_tasks",
            "Tasks that are alive.",
            runtime.num_alive_tasks(),
        ),
        (
            "autodex_runtime_queued_tasks",
            "Tasks that wait for a thread.",
            runtime.global_queue_depth(),
        ),
    ];
    for (name, help, value) in gauges {
        page.one(name, "gauge", help, &[], value);
    }
    // Where the system cannot be asked there is nothing to tell, and the other figures are as good.
    drop(of_system(page));
}

#[cfg(target_os = "linux")]
fn of_system(page: &mut Page) -> procfs::ProcResult<()> {
    use procfs::WithCurrentSystemInfo;
    use procfs::process::{LimitValue, Process};

    let process = Process::myself()?;
    let stat = process.stat()?;
    #[allow(clippy::cast_precision_loss)]
    let seconds = (stat.utime + stat.stime) as f64 / procfs::ticks_per_second() as f64;
    page.one(
        "process_cpu_seconds_total",
        "counter",
        "Processor time used, in user and system mode.",
        &[],
        seconds,
    );
    let gauges = [
        (
            "process_resident_memory_bytes",
            "Memory in use.",
            stat.rss_bytes().get(),
        ),
        (
            "process_virtual_memory_bytes",
            "Address space in use.",
            stat.vsize,
        ),
        (
            "process_open_fds",
            "Open files and connections.",
            process.fd_count()? as u64,
        ),
        (
            "process_threads",
            "Threads.",
            u64::try_from(stat.num_threads).unwrap_or(0),
        ),
    ];
    for (name, help, value) in gauges {
        page.one(name, "gauge", help, &[], value);
    }
    if let LimitValue::Value(most) = process.limits()?.max_open_files.soft_limit {
        page.one(
            "process_max_fds",
            "gauge",
            "Open files and connections at most.",
            &[],
            most,
        );
    }
    let started = procfs::boot_time_secs()? + stat.starttime / procfs::ticks_per_second();
    page.one(
        "process_start_time_seconds",
        "gauge",
        "When it started, since 1970.",
        &[],
        started,
    );
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn of_system(_: &mut Page) -> std::io::Result<()> {
    Ok(())
}
