"""Makes files/calls.jsonl.gz, time/calls.jsonl.gz and time/strftime.jsonl.gz.

    python3 make_vectors.py REFERENCE_FOLDER

REFERENCE_FOLDER holds the Python host that answers as the reference loader does (hostfs.py, hostfiles.py, hosttime.py,
hostcall.py, family.py). Its imports run here without wasm, on a memory of 64 KiB; seeds are fixed.

calls: one line a session, {"family", "calls"}; a call is [pokes, name, arguments, answer, crc]: pokes are [address,
hex] written to memory first, answer is a number, or [kind, message] of what was thrown; crc is that of memory
afterwards. "exports": the calls of the guest's own functions, [name, arguments…]. "console": length and crc of what was
printed, the crc of its first 16 KiB.
"""
import ctypes
import gzip
import json
import random
import struct
import sys
import types
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
sys.modules['wasmtime'] = types.SimpleNamespace(Store=object, Memory=object)
import family  # noqa: E402
import hostcall  # noqa: E402
import hostfiles  # noqa: E402,F401
import hosttime  # noqa: E402
from hostfs import FileSystem  # noqa: E402

SIZE = 65536
DEVICES = ('null', 'tty', 'tty1', 'random', 'urandom')
FAMILIES = (family.V1, family.V2, family.V4, family.V64)


class Memory:
    def __init__(self):
        self.buffer = (ctypes.c_ubyte * SIZE)()

    def data_len(self, store):
        return SIZE

    def data_ptr(self, store):
        return ctypes.cast(self.buffer, ctypes.POINTER(ctypes.c_ubyte))


class Counted:
    """The bytes 0, 1, 2, … of each session stand for random ones."""

    def __init__(self):
        self.next = 0

    def __call__(self, count):
        first = self.next
        self.next += count
        return bytes((first + i) & 255 for i in range(count))


class Guest:
    def __init__(self, of):
        self.family = of
        self.clock = hosttime.Clock()
        self.memory = hostcall.GuestMemory(None, Memory(), of.pointer_bytes)
        self.files = None if of is family.V1 else FileSystem(self.clock.tick, Counted())
        self.time_zone_set = False
        self.asked = []
        self.heap = 50_000
        self.calls = []

    def call(self, export, *arguments):
        self.asked.append([export, *arguments])
        if export == 'malloc':
            self.heap += 64
            return self.heap - 64
        return 0

    def do(self, pokes, name, *arguments):
        for address, data in pokes:
            self.memory.write(address, data)
        try:
            answer = hostcall.HOST_FUNCTIONS[name](self, *arguments)
        except hostcall.Thrown as thrown:
            answer = [thrown.kind, thrown.message]
        if isinstance(answer, float):
            answer = struct.unpack('<q', struct.pack('<d', answer))[0]
        crc = zlib.crc32(self.memory.view())
        self.calls.append([[[a, d.hex()] for a, d in pokes], name, list(arguments), answer or 0, crc])
        return answer

    def line(self):
        return {'family': self.family.name, 'calls': self.calls, 'exports': self.asked,
                'console': len(self.files.console) if self.files else 0,
                'consoleCrc': zlib.crc32(bytes(self.files.console)[:16384]) if self.files else 0}


def save(path, lines):
    with gzip.GzipFile(path, 'wb', mtime=0) as out:
        for line in lines:
            out.write((json.dumps(line, separators=(',', ':')) + '\n').encode())


# Files ----------------------------------------------------------------------------------------------------------------

NAMES = ['a', 'b', 'c', 'sub', 'tmp', 'dev', 'stdin', 'stdout', 'stderr', 'tty', 'null', 'urandom', 'random', 'tty1',
         'data', 'home', 'web_user', '.', '..', '', 'é😀', 'proc', 'fd', 'self']
NOTABLE = [b'', b'/', b'//', b'.', b'..', b'/..', b'/tmp', b'/tmp/', b'/dev/stdin', b'/dev/stdin/x', b'/dev/tty/x',
           b'/dev/urandom', b'/dev/random', b'/dev/null', b'/dev/tty', b'/dev/stdout', b'/tmp/\xff\xfe', b'/tmp/\xed\xa0\x80',
           b'/tmp/a', b'/tmp/b', b'/tmp/c', b'/data/x', b'a', b'b', b'/tmp/sub', b'/tmp/sub/a', b'/home/web_user/f',
           b'/tmp/../tmp/./a', b'/none/a', b'/tmp/a/b']
FLAGS = [0, 0, 1, 2, 64, 65, 66, 66, 66, 577, 578, 1089, 1090, 192 | 2, 194, 512, 514, 65536, 131072, 131072 | 2, 3,
         65536 | 64, 64 | 1024 | 1, 2 | 512 | 64]
WILD = [0, 1, SIZE - 1, SIZE - 3, SIZE - 9, SIZE - 30, SIZE, SIZE + 4096]


class Actor:
    """Chooses calls. Devices keep their names and places: there this host goes by number, the reference by name."""

    def __init__(self, guest, source):
        self.guest, self.r = guest, source
        self.wide = guest.family.pointer_bytes == 8
        self.early = guest.family.has_environment

    def path(self):
        if self.r.random() < .6:
            return self.r.choice(NOTABLE)
        names = [self.r.choice(NAMES) for _ in range(self.r.randint(1, 4))]
        return (self.r.choice(['/', '', '/tmp/']) + '/'.join(names)).encode()

    def quiet_path(self):
        while True:
            path = self.path()
            if path.rstrip(b'/.').split(b'/')[-1].decode('utf8', 'replace') not in DEVICES:
                return path

    def address(self, usual):
        return self.r.choice(WILD) if self.r.random() < .04 else usual

    def at(self, path, usual=1024):
        where = self.address(usual)
        return [(where, path + b'\0')], where

    def directory(self):
        return self.r.choice([-100] * 8 + [3, 4, 5, 0, 77])

    def descriptor(self):
        if self.guest.files is None:
            return self.r.choice([1, 2])  # for others the loader fails, and the reference here does not
        open_ones = list(self.guest.files.streams) if self.guest.files else [0, 1]
        if self.r.random() < .9 and open_ones:
            return self.r.choice(open_ones)
        return self.r.choice([0, 1, 2, 3, 9, -1, 4096, 5000])

    def pointers(self, *values):
        return struct.pack(f'<{len(values)}' + ('Q' if self.wide else 'I'), *values)

    def vector(self, reading):
        pieces = []
        for _ in range(self.r.choice([0, 1, 1, 1, 2, 3])):
            length = self.r.choice([0, 1, 3, 10, 100, 1000] + [20000] * (self.r.random() < .1))
            if self.r.random() < .03:
                length = self.r.choice([0x7FFFFFF0, 0xFFFFFFFF]) if not reading else 70000
            pieces += [self.address(8192 + self.r.randint(0, 2000)), length]
        return [(4096, self.pointers(*pieces))], len(pieces) // 2

    def halves(self, value):
        if self.wide:
            return [value]
        low, high = value & 0xFFFFFFFF, value >> 32
        return [low - (1 << 32) if low >> 31 else low, high]

    def offset(self):
        return self.r.choice([0, 1, 5, 100, 5000, 20000, 70000, -1, -3, -100, (1 << 53) + 1, -(1 << 53) - 1,
                              -(1 << 62)] if self.r.random() < .15 else [0, 1, 5, 100, 5000, 20000, -1, -3, -100])

    def choose(self):
        r, g = self.r, self.guest
        kind = r.choice(
            ['openat'] * 12 + ['mkdirat'] * 3 + ['unlinkat'] * 4 + ['rmdir'] * 2 + ['renameat'] * 4 + ['faccessat'] * 2
            + ['readlinkat'] * 2 + ['getcwd', 'chmod', 'fchmod', 'fchown32'] + ['utimensat'] * 2
            + ['stat64', 'lstat64', 'fstat64', 'newfstatat'] * 3 + ['fcntl64'] * 5 + ['ioctl'] * 2 + ['dup3'] * 2
            + ['ftruncate64'] * 3 + ['fd_close'] * 6 + ['fd_read'] * 10 + ['fd_write'] * 14 + ['fd_seek'] * 6
            + ['fd_sync', 'fd_fdstat_get'])
        name = kind if kind.startswith('fd_') else '__syscall_' + kind
        getattr(self, kind)(name)

    def openat(self, name):
        flags = self.r.choice(FLAGS)
        pokes, path = self.at(self.quiet_path() if flags & 64 and self.r.random() < .9 else self.r.choice(NOTABLE))
        if flags & 64 and not self.safe_to_make(pokes):
            return
        mode = self.r.choice([0o666, 0o777, 0, 0o400, 0o200, 0o100644, -1])
        more = self.r.choice([512, 512, 512, 0])
        self.guest.do(pokes + [(512, struct.pack('<i', mode))], name, self.directory(), path, flags, more)

    def safe_to_make(self, pokes):
        last = pokes[0][1].rstrip(b'/.\0').split(b'/')[-1].decode('utf8', 'replace')
        return last not in DEVICES or pokes[0][1].startswith(b'/dev/' + last.encode())

    def mkdirat(self, name):
        pokes, path = self.at(self.quiet_path())
        self.guest.do(pokes, name, self.directory(), path, self.r.choice([0o777, 0o1777, 0, 0o17777]))

    def unlinkat(self, name):
        pokes, path = self.at(self.quiet_path())
        self.guest.do(pokes, name, self.directory(), path, self.r.choice([0, 0, 0, 512, 512, 1, -1]))

    def rmdir(self, name):
        pokes, path = self.at(self.quiet_path())
        self.guest.do(pokes, name, path)

    def renameat(self, name):
        pokes, path = self.at(self.quiet_path())
        more, other = self.at(self.quiet_path(), 2048)
        self.guest.do(pokes + more, name, self.directory(), path, self.directory(), other)

    def faccessat(self, name):
        pokes, path = self.at(self.path())
        self.guest.do(pokes, name, self.directory(), path, self.r.choice([0, 1, 2, 4, 6, 7, 8, -1]), 0)

    def readlinkat(self, name):
        pokes, path = self.at(self.r.choice([b'/dev/stdin', b'/dev/stderr', b'/tmp', self.path()]))
        self.guest.do(pokes, name, self.directory(), path, self.address(20000), self.r.choice([100, 4, 8, 0, -1]))

    def getcwd(self, name):
        self.guest.do([], name, self.address(20000), self.r.choice([0, 1, 2, 100, -1]))

    def chmod(self, name):
        pokes, path = self.at(self.quiet_path())
        self.guest.do(pokes, name, path, self.r.choice([0o600, 0o777, 0o444, -1, 0o100777]))

    def fchmod(self, name):
        self.guest.do([], name, self.descriptor(), self.r.choice([0o600, 0o666, 0o444]))

    def fchown32(self, name):
        self.guest.do([], name, self.descriptor(), 5, -1)

    def utimensat(self, name):
        pokes, path = self.at(self.path())
        times = [self.r.choice([0, 1, 1_700_000_000, -1, -1000, 2_000_000_000]),
                 self.r.choice([0, 999_999_999, 123_456_789, -1])]
        times += [self.r.choice([0, 5, 1_700_000_001, -7]), self.r.choice([0, 999_999_999, 1_000_000])]
        self.guest.do(pokes + [(3000, struct.pack('<4i' if self.early else '<4q', *times))], name, self.directory(), path,
                      self.r.choice([0, 3000, 3000, SIZE - 5]), self.r.choice([0, 256]))

    def stat64(self, name):
        pokes, path = self.at(self.path())
        self.guest.do(pokes + [(30000, b'\xAA' * 128)], name, path, self.address(30000))

    lstat64 = stat64

    def fstat64(self, name):
        self.guest.do([(30000, b'\xAA' * 128)], name, self.descriptor(), self.address(30000))

    def newfstatat(self, name):
        pokes, path = self.at(self.path())
        self.guest.do(pokes, name, self.directory(), path, self.address(30000), self.r.choice([0, 256, 4096, 4352]))

    def fcntl64(self, name):
        more = [(512, struct.pack('<i', self.r.choice([0, 3, 10, -1, 4096, 4097, 1024, 2]))), (600, b'\xBB' * 16)]
        command = self.r.choice([0, 0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 12, 13, 14] + [9] * (not self.early))
        if command in (5, 12):
            more = [(512, self.pointers(600))]
        if command == 4:
            more = [(512, struct.pack('<i', self.r.choice([1024, 0, 2048])))]
        self.guest.do(more, name, self.descriptor(), command, 512)

    def ioctl(self, name):
        # The structure lies outside memory: this host fills it in, the reference here does not. Nor does it tell unknown
        # requests as the loader does: those are recorded with the loader itself, in golden/forms.
        request = self.r.choice([21505, 21506, 21512, 21519, 21520, 21523, 21524, 21531])
        self.guest.do([(512, self.pointers(0x7FFF0000))], name, self.descriptor(), request, 512)

    def dup3(self, name):
        self.guest.do([], name, self.descriptor(), self.r.choice([0, 1, 2, 3, 5, 9, 100, 4096, 4097, -5]), 0)

    def ftruncate64(self, name):
        size = self.r.choice([0, 1, 10, 5000, 100_000, -1, 1 << 54, -(1 << 60), 16384, 16385])
        self.guest.do([], name, self.descriptor(), *self.halves(size))

    def fd_close(self, name):
        self.guest.do([], name, self.descriptor())

    def fd_read(self, name):
        pokes, count = self.vector(True)
        self.guest.do(pokes, name, self.descriptor(), 4096, self.r.choice([count] * 20 + [-1]), self.address(640))

    def fd_write(self, name):
        pokes, count = self.vector(False)
        data = bytes(self.r.randrange(256) for _ in range(self.r.choice([5, 50])))
        self.guest.do(pokes + [(8192 + self.r.randint(0, 2000), data)], name, self.descriptor(),
                      self.address(4096) if self.r.random() < .1 else 4096, count, self.address(640))

    def fd_seek(self, name):
        self.guest.do([], name, self.descriptor(), *self.halves(self.offset()), self.r.choice([0, 0, 1, 2, 2, 3, -1]),
                      self.address(700))

    def fd_sync(self, name):
        self.guest.do([], name, self.descriptor())

    def fd_fdstat_get(self, name):
        # The loader leaves the gaps of the structure alone, the reference here clears them.
        self.guest.do([(30000, b'\0' * 32)], name, self.descriptor(), self.address(30000))


def file_sessions():
    for of in FAMILIES:
        for seed in range(2 if of is family.V1 else 8):
            guest = Guest(of)
            if guest.files:
                guest.files.booted()
            if of.has_data_folder:
                guest.files.make_directory('/data', 0o777)
            actor = Actor(guest, random.Random(f'{of.name}-{seed}'))
            while len(guest.calls) < (100 if of is family.V1 else 400):
                actor.choose()
            yield guest.line()


# Time -----------------------------------------------------------------------------------------------------------------

SECONDS = [0, 1, -1, 951_782_400, 1_104_537_600, 1_735_603_200, 1_709_210_096, 1_700_000_000, -2_208_988_800,
           2_147_483_647, -2_147_483_648, 253_402_300_799, -62_135_596_800, -62_167_219_200, 8_640_000_000_000,
           8_640_000_000_001, -8_640_000_000_000, -8_640_000_000_001, 1 << 62, -(1 << 62), 4_102_444_800, 68_169_600]


def moment(source, of):
    if source.random() < .4:
        value = source.choice(SECONDS)
    else:
        value = source.randint(-(1 << source.randint(5, 44)), 1 << source.randint(5, 44))
    return value if not of.first_dates_are_zero else max(-(1 << 31), min((1 << 31) - 1, value))


def time_session(of, seed):
    r, guest = random.Random(f'{of.name}-{seed}'), Guest(of)
    wide = of.pointer_bytes == 8
    for _ in range(300):
        kind = r.choice(['now'] + ['gm', 'local', 'make'] * 4 + ['tzset'])
        tm = r.choice([1000] * 9 + [SIZE - 20, SIZE])
        if kind in ('gm', 'local'):
            name = {'gm': '_gmtime_js', 'local': '_localtime_js'}[kind]
            value = moment(r, of)
            fill = [(1000, b'\xCC' * 64)]
            if of.first_dates_are_zero:
                guest.do(fill + [(512, struct.pack('<i', value))], name, 512, tm)
            elif wide:
                guest.do(fill, name, value, tm)
            else:
                low = value & 0xFFFFFFFF
                guest.do(fill, name, low - (1 << 32) if low >> 31 else low, value >> 32, tm)
        elif kind == 'make':
            fields = list(hosttime.broken_down(moment(r, of))) + [r.choice([0, 1, -1])]
            if r.random() < .5:
                fields[r.randrange(5)] += r.choice([-1, 1, 13, -13, 60, 1000, -1000, 100_000])
            if r.random() < .2:
                fields[5] = r.choice([-1900, -1850, -1801, -1800, 0, 70, 124, 300_000, -300_000, 2_147_483_647,
                                      -2_147_483_648])
            guest.do([(1000, struct.pack('<9i', *fields) + b'\xCC' * 20)], '_mktime_js', tm)
        elif kind == 'now':
            guest.do([], r.choice(['emscripten_date_now', 'emscripten_get_now', '_emscripten_date_now',
                                   '_emscripten_get_now_is_monotonic']))
        elif of.first_dates_are_zero:
            guest.do([], '_tzset_js', 700, 710, 720)
        else:
            guest.do([(690, b'\xDD' * 80)], '_tzset_js', 700, 710, 720, 740)
    return guest.line()


CONVERSIONS = [f'%{letter}' for letter in
               'aAbBcCdDeFgGhHIjklmMnpPrRsStTuUvVwWxXyYzZ%+'] + [f'%E{x}' for x in 'cCxXyYd'] + [
               f'%O{x}' for x in 'deHImMSuUVwWyC']
PATTERNS = ['', 'plain', '%', '%%%', '%%c %%%c', 'é %Y-%m-%dT%H:%M:%S%z', '%5d %-d %_H', '%%%%Z', '\ufffd%B']


def strftime_lines():
    r = random.Random('strftime')
    times = SECONDS + [r.randint(-10_000_000_000, 30_000_000_000) for _ in range(60)]
    times += [hosttime.days_from_civil(year, 1, 1) * 86_400 + day * 86_400
              for year in (1899, 1900, 1996, 2000, 2004, 2005, 2008, 2009, 2010, 2015, 2016, 2020, 2021, 2024, 2026, 2100,
                           99, 0, -1, -400, 12345)
              for day in (-3, -2, -1, 0, 1, 2, 3, 58, 59, 60)]
    pattern = '|'.join(CONVERSIONS + PATTERNS)
    for seconds in times:
        fields = list(hosttime.broken_down(seconds))
        offset = r.choice([0, 0, 3600, -3600, 19800, -12600, 43200])
        yield {'pattern': pattern, 'fields': fields, 'offset': offset,
               'text': hosttime.format_time(pattern, tuple(fields), offset, 'UTC')}
    for _ in range(300):  # nothing demands that the fields agree
        fields = [r.randint(-5, 70), r.randint(-5, 70), r.randint(-3, 30), r.randint(-3, 40), r.randint(0, 11),
                  r.choice([r.randint(-2500, 2500), r.randint(-200_000, 200_000)]), r.randint(0, 6), r.randint(-5, 400)]
        yield {'pattern': pattern, 'fields': fields, 'offset': 0,
               'text': hosttime.format_time(pattern, tuple(fields), 0, 'UTC')}


def strftime_session(of):
    """Through the import: sizes, pointers, zone, bytes that are not UTF-8."""
    r, guest = random.Random(f'strftime-{of.name}'), Guest(of)
    wide = of.pointer_bytes == 8
    for _ in range(150):
        fields = list(hosttime.broken_down(moment(r, of)))
        pattern = r.choice([c.encode() for c in CONVERSIONS] + [b'%A, %d %B %Y %Z', b'\xff%Y\xed\xa0\x80', b'\xf0\x9f\x98'])
        zone = r.choice([b'GMT', b'UTC', b'\xe2\x82', b'', b'%a'])
        tm = struct.pack('<9i', *fields, 0)
        tm += struct.pack('<4xqQ', 0, 2000) if wide else struct.pack('<iI', 0, 2000)
        pokes = [(1000, tm), (2000, zone + b'\0'), (3000, pattern + b'\0'), (4000, b'\xEE' * 64)]
        guest.do(pokes, r.choice(['strftime', 'strftime_l']), r.choice([4000, 4000, SIZE - 3]),
                 r.choice([100, 100, 4, 3, 1, 0, -1]), r.choice([3000] * 9 + [0, SIZE]), 1000, 0)
    return guest.line()


save('files/calls.jsonl.gz', file_sessions())
save('time/calls.jsonl.gz', [f(of, s) for of in FAMILIES for f, s in ((time_session, 1), (time_session, 2))]
     + [strftime_session(of) for of in FAMILIES])
save('time/strftime.jsonl.gz', strftime_lines())
