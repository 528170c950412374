//! `tcpfp_zone`: the table of clients, in shared memory of nginx's.
//!
//! nginx keeps the memory over a reload if name, size and tag stay. When a worker dies, its master
//! opens the lock of the memory, and whoever comes next repairs the table.

use std::ffi::c_void;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
#[cfg(feature = "http")]
use std::str::from_utf8;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{hint, slice, thread};

#[cfg(feature = "http")]
use nginx_sys::ngx_cycle_t;
use nginx_sys::{
    ngx_conf_t, ngx_int_t, ngx_log_t, ngx_pagesize, ngx_shared_memory_add, ngx_shm_zone_t,
    ngx_shmtx_trylock, ngx_shmtx_unlock, ngx_slab_alloc_locked, ngx_slab_pool_t, ngx_str_t,
    ngx_time, NGX_ERROR, NGX_LOG_EMERG, NGX_OK,
};
use ngx::core::{NgxStr, SlabPool};

use super::array::string;
use super::command::Refusal;
use super::guard::guard;
use super::log;
use super::pool;
use super::shared;
use crate::database::Database;
use crate::host::{Client, Host, Seen, Snapshot, Table, Unusable, VERSION};
#[cfg(feature = "http")]
use crate::metrics::ZoneCounts;
use crate::text::Brief;

/// What a configuration says of a zone. The other module may have been the one to write it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Of the table's layout: first, to be read before anything else.
    version: u64,
    /// Seconds until a client is forgotten.
    pub inactive: u32,
    /// Bits of an IPv6 address that are one client's.
    pub ipv6_prefix: u32,
}

impl Settings {
    pub const DEFAULT: Self = Self { version: VERSION, inactive: 2 * 60 * 60, ipv6_prefix: 64 };
}

/// A zone of the cycle that it was added to, as long as that lives.
#[derive(Clone, Copy, Debug)]
pub struct Zone(*mut ngx_shm_zone_t);

impl Zone {
    /// The zone of this name, which may be declared anywhere in the configuration. nginx itself
    /// refuses one that is never declared.
    ///
    /// # Errors
    ///
    /// Another module has it, as nginx has logged, or what has it is no zone.
    ///
    /// # Safety
    ///
    /// nginx is reading the configuration; the name lives as long as that.
    pub unsafe fn named(cf: *mut ngx_conf_t, name: ngx_str_t) -> Result<Self, Refusal> {
        if name.as_bytes().contains(&b':') {
            // SAFETY: the caller promises a name that lives.
            let name = unsafe { NgxStr::from_ngx_str(name) };
            return Err(Refusal::because(format_args!("invalid zone \"{name}\"")));
        }
        // SAFETY: the caller promises what add asks for.
        unsafe { Self::add(cf, name, 0) }.ok_or(Refusal::Logged)
    }

    /// # Safety
    ///
    /// As for [`Zone::named`].
    unsafe fn add(cf: *mut ngx_conf_t, mut name: ngx_str_t, size: usize) -> Option<Self> {
        // SAFETY: the caller promises a configuration and a name that lives as long; nginx points to it.
        let zone = unsafe { ngx_shared_memory_add(cf, &raw mut name, size, shared::tag()) };
        (!zone.is_null()).then_some(Self(zone))
    }

    /// Declares a zone.
    ///
    /// # Errors
    ///
    /// Another module has the name, or the zone was declared otherwise.
    ///
    /// # Safety
    ///
    /// As for [`Zone::named`].
    pub unsafe fn declare(
        cf: *mut ngx_conf_t,
        name: ngx_str_t,
        size: usize,
        settings: Settings,
    ) -> Result<Self, Refusal> {
        // SAFETY: the caller promises that nginx is reading. The data of a zone with our tag is Settings of
        // either module, or begins with the version of one that is older or newer.
        unsafe {
            let zone = Self::add(cf, name, size).ok_or(Refusal::Logged)?;
            let Some(&version) = (*zone.0).data.cast_const().cast::<u64>().as_ref() else {
                let settings = pool::write((*cf).pool, settings);
                if settings.is_null() {
                    return Err(Refusal::Logged);
                }
                (*zone.0).data = settings.cast();
                (*zone.0).init = Some(init);
                return Ok(zone);
            };
            let name = NgxStr::from_ngx_str(name);
            if version != VERSION {
                return Err(Refusal::because(format_args!(
                    "tcpfp_zone \"{name}\" is kept by the other module in layout {version}, by this one in {VERSION}: use two modules of one version"
                )));
            }
            let Settings { inactive, ipv6_prefix, .. } = *zone.settings();
            if settings != *zone.settings() {
                return Err(Refusal::because(format_args!(
                    "tcpfp_zone \"{name}\" was declared with inactive={inactive}s ipv6_prefix={ipv6_prefix} before"
                )));
            }
            Ok(zone)
        }
    }

    /// What the configuration says of it.
    pub fn settings(&self) -> &Settings {
        // SAFETY: a declared zone has its settings, in the pool of the cycle. nginx does not start
        // with one that is not declared.
        unsafe { &*(*self.0).data.cast_const().cast() }
    }

    /// Does something with the table while nobody else does.
    ///
    /// # Errors
    ///
    /// The table is not to be had now, or not at all.
    pub fn with<T>(&self, work: impl FnOnce(Table<'_>) -> T) -> Result<T, Unavailable> {
        // SAFETY: nginx has mapped and initialized the zone before any process of the cycle runs,
        // and workers never unmap it. (A lone process, without a master, does when a reload takes
        // the zone away, under the feet of nginx's own modules, too.)
        let pool = unsafe { SlabPool::from_shm_zone(&*self.0) }.ok_or(Unavailable::Unusable)?;
        let _lock = Lock::of(&pool).ok_or(Unavailable::Busy)?;
        // SAFETY: init allocated it, and nobody has a reference to it without the lock.
        let memory = unsafe { memory(pool.as_ref()) }.ok_or(Unavailable::Unusable)?;
        Table::open(memory).map(work).map_err(|_| Unavailable::Unusable)
    }

    /// All that is counted in it; `None` if the table is not to be had, or the name is no text.
    #[cfg(feature = "http")]
    pub fn counts(&self) -> Option<ZoneCounts<'_>> {
        let name = from_utf8(self.name()).ok()?;
        self.with(|table| ZoneCounts {
            name,
            clients: table.clients() as u64,
            capacity: table.capacity() as u64,
            evicted: table.evicted(),
            refused: table.refused(),
            repaired: table.repaired().into(),
            missed: self.missed(),
        })
        .ok()
    }

    /// How many connections went without a record, because the table was not to be had in time.
    #[cfg(feature = "http")]
    pub fn missed(&self) -> u64 {
        self.counter().map_or(0, |missed| missed.load(Ordering::Relaxed))
    }

    fn counter(&self) -> Option<&AtomicU64> {
        // SAFETY: as in with; the counter is no part of the table, and atomic.
        unsafe { Some(&*missed(SlabPool::from_shm_zone(&*self.0)?.as_ref())?) }
    }

    /// What is known of an address now, as a database reads it.
    pub fn find<'d>(&self, address: IpAddr, database: Option<&'d Database>) -> Option<Host<'d>> {
        let now = now();
        let since = self.since(now);
        let record = self.with(|table| table.find(address, since)).ok()??;
        let before = Some(record.last_seen());
        Some(self.host(Snapshot { address, record, before }, now, database))
    }

    /// A number of the client of an address, which nobody can choose; `None` if the zone is not usable.
    pub fn number(&self, address: IpAddr) -> Option<u64> {
        // SAFETY: as in with. init made a table at the start, and nobody writes to its format again.
        unsafe {
            let start = SlabPool::from_shm_zone(&*self.0)?.as_ref().data.cast::<u8>();
            let format = (!start.is_null()).then(|| slice::from_raw_parts(start, Table::FORMAT))?;
            Table::number(format, address).ok()
        }
    }

    /// What a record tells of its address.
    pub fn host<'d>(
        &self,
        snapshot: Snapshot,
        now: u32,
        database: Option<&'d Database>,
    ) -> Host<'d> {
        let Settings { inactive, ipv6_prefix, .. } = *self.settings();
        let mut host = Host::new(snapshot.record, now, inactive, database);
        host.address = Some(Client::of(snapshot.address, ipv6_prefix).address());
        host.last_seen = snapshot.before;
        host
    }

    /// Takes a connection into the record of its client, unless `is_new` denies it, which is asked
    /// while nobody else has the zone. Gives the record as it is then; `None` if there is none, or the
    /// table is not to be had.
    ///
    /// # Safety
    ///
    /// `log` is one of nginx's, and open.
    pub unsafe fn see(
        &self,
        address: IpAddr,
        seen: &Seen<'_>,
        database: Option<&Database>,
        log: *mut ngx_log_t,
        is_new: impl FnOnce() -> bool,
    ) -> Option<Snapshot> {
        static FULL: log::Once = log::Once::new();
        static MISSED: log::Once = log::Once::new();

        let since = self.since(seen.time.as_secs() as u32);
        let seen = self.with(|mut table| {
            if !is_new() {
                return None;
            }
            let mut before = None;
            let record = table.see(address, since, |record| {
                before = (!record.is_new()).then(|| record.last_seen());
                record.see(seen, database);
            });
            let is_full = table.evicted() != 0;
            record.map(|record| (Snapshot { address, record, before }, is_full))
        });
        // SAFETY: the zone lives as long as its cycle, and the caller promises the log.
        unsafe {
            let name = (*self.0).shm.name;
            match seen {
                Ok(None) => None,
                Ok(Some((snapshot, is_full))) => {
                    if is_full {
                        FULL.info(
                            log,
                            format_args!("zone \"{name}\" is full: the oldest records go"),
                        );
                    }
                    Some(snapshot)
                }
                Err(_) => {
                    if let Some(missed) = self.counter() {
                        missed.fetch_add(1, Ordering::Relaxed);
                    }
                    MISSED.info(
                        log,
                        format_args!("zone \"{name}\" is held by another process: connections go without a record"),
                    );
                    None
                }
            }
        }
    }

    /// Its name.
    pub fn name(&self) -> &[u8] {
        // SAFETY: the name lives as long as the zone.
        unsafe { string((*self.0).shm.name) }
    }

    /// The second before which a client that was not seen since is forgotten.
    fn since(&self, now: u32) -> u32 {
        now.saturating_sub(self.settings().inactive)
    }
}

/// The zones that a configuration declares.
///
/// # Safety
///
/// The cycle is complete, and the zones are not used for longer than it lives.
#[cfg(feature = "http")]
pub unsafe fn declared(cycle: *const ngx_cycle_t) -> impl Iterator<Item = Zone> {
    // SAFETY: the caller promises the cycle. Whatever has our tag and data is a zone, whose data are
    // Settings, or begin with the version of other ones.
    unsafe {
        shared::all(cycle)
            .filter(|zone| (**zone).data.cast::<u64>().as_ref() == Some(&VERSION))
            .map(Zone)
    }
}

/// Why a zone's table is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// Somebody has held the lock for longer than a connection can wait.
    Busy,
    /// There is none.
    Unusable,
}

/// The lock of a zone, as long as it is there.
struct Lock<'p>(&'p SlabPool);

impl<'p> Lock<'p> {
    /// Takes the lock, which is held for microseconds, or for some milliseconds if its holder has
    /// to wait for a processor. `None` when it is held for longer: the holder was stopped. This
    /// process then waits no more, until it had the lock once.
    fn of(pool: &'p SlabPool) -> Option<Self> {
        /// How long a connection waits.
        const PATIENCE: Duration = Duration::from_millis(5);
        /// Tries without giving the processor away.
        const SPINS: u32 = 64;
        static IS_STUCK: AtomicBool = AtomicBool::new(false);

        let mutex = (&raw const pool.as_ref().mutex).cast_mut();
        // SAFETY: the pool is mapped, and nginx's lock is made to be shared.
        let is_taken = || unsafe { ngx_shmtx_trylock(mutex) } != 0;
        let wait = || {
            let started = Instant::now();
            while started.elapsed() < PATIENCE {
                for _ in 0..SPINS {
                    if is_taken() {
                        return true;
                    }
                    hint::spin_loop();
                }
                thread::yield_now();
            }
            false
        };
        let is_ours = is_taken() || (!IS_STUCK.load(Ordering::Relaxed) && wait());
        IS_STUCK.store(!is_ours, Ordering::Relaxed);
        is_ours.then_some(Self(pool))
    }
}

impl Drop for Lock<'_> {
    fn drop(&mut self) {
        // SAFETY: it is this process that holds the lock.
        unsafe { ngx_shmtx_unlock((&raw const self.0.as_ref().mutex).cast_mut()) };
    }
}

/// Unix seconds, by nginx's clock.
pub fn now() -> u32 {
    ngx_time() as u32
}

/// Makes a table of the zone's memory, or takes over the one that is there.
unsafe extern "C" fn init(zone: *mut ngx_shm_zone_t, before: *mut c_void) -> ngx_int_t {
    guard(NGX_ERROR as ngx_int_t, || {
        // SAFETY: nginx calls it with the zone that declare set up, mapped, while it makes a cycle:
        // its log is there.
        unsafe {
            match set_up(&*zone, !before.is_null()) {
                Ok(()) => NGX_OK as ngx_int_t,
                Err(problem) => {
                    let name = (*zone).shm.name;
                    log::write(
                        NGX_LOG_EMERG,
                        (*zone).shm.log,
                        format_args!("tcpfp_zone \"{name}\" {problem}"),
                    );
                    NGX_ERROR as ngx_int_t
                }
            }
        }
    })
}

/// # Safety
///
/// The zone is mapped, and its data are [`Settings`].
unsafe fn set_up(zone: &ngx_shm_zone_t, is_kept: bool) -> Result<(), Brief> {
    const TOO_SMALL: &str = "is too small";

    // SAFETY: the caller promises a mapped zone, whose data are Settings.
    let (mut pool, settings) = unsafe {
        (
            SlabPool::from_shm_zone(zone).ok_or(TOO_SMALL)?,
            *zone.data.cast_const().cast::<Settings>(),
        )
    };
    if is_kept {
        // Workers of the cycle before use the table. The master must not wait for its lock: it has
        // blocked the signal by which it would hear that a worker died with it.
        // SAFETY: init made a table there once, and nobody writes to its format again.
        let format = unsafe { slice::from_raw_parts(pool.as_ref().data.cast(), Table::FORMAT) };
        return match Table::ipv6_prefix(format) {
            Ok(bits) if u32::from(bits) == settings.ipv6_prefix => Ok(()),
            Ok(bits) => Err(Brief::new(format_args!(
                "uses ipv6_prefix={} while previously it used ipv6_prefix={bits}",
                settings.ipv6_prefix
            ))),
            Err(Unusable::Layout(version)) => Err(Brief::new(format_args!(
                "is kept in layout {version}, this module has layout {VERSION}: restart nginx to start with an empty one"
            ))),
            Err(Unusable::TooSmall) => Err(TOO_SMALL.into()),
        };
    }
    // SAFETY: nginx has made an empty slab pool of the zone, of which everything is taken here.
    // Nobody else has it yet.
    let memory = unsafe {
        let all = pool.as_ref().pfree * ngx_pagesize;
        pool.as_mut().data = ngx_slab_alloc_locked(pool.as_mut(), all);
        memory(pool.as_ref()).ok_or(TOO_SMALL)?
    };
    let random = RandomState::new();
    let seed = [random.hash_one(0), random.hash_one(1)];
    Table::format(memory, settings.ipv6_prefix as u8, seed).map_err(|_| TOO_SMALL.into())
}

/// The memory of the table: all that there was in the zone, but for the counter at its end.
///
/// # Safety
///
/// Whoever calls holds the lock of `pool`, and keeps it as long as the memory is used, or is the
/// first to have it.
unsafe fn memory<'a>(pool: &ngx_slab_pool_t) -> Option<&'a mut [u8]> {
    let (start, end) = (pool.data.cast::<u8>(), missed(pool)?);
    // SAFETY: the pages of a zone lie one after the other, up to its end, and init took all.
    Some(unsafe { slice::from_raw_parts_mut(start, end as usize - start as usize) })
}

/// Where connections are counted that went without a record; `None` if init got no memory.
fn missed(pool: &ngx_slab_pool_t) -> Option<*const AtomicU64> {
    let last = || pool.end.map_addr(|end| end & !(align_of::<AtomicU64>() - 1));
    (!pool.data.is_null()).then(|| last().cast::<AtomicU64>().wrapping_sub(1).cast_const())
}
