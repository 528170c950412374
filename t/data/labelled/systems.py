"""Which family of systems a client names, by what it says itself."""

import re


def rules(*pairs):
    """Families by patterns."""
    return [(family, re.compile(pattern)) for family, pattern in pairs]


#: What a client writes of itself, most telling first: the first that is found decides.
AGENTS = rules(
    # Where it looks for a captive portal (AOSP, NetworkStack's default User-Agent).
    ("Android", r"X11; Linux x86_64\) AppleWebKit/537\.36 \(KHTML, like Gecko\) Chrome/60\.0\.3112\.32"),
    # Windows Phone says that it is an Android and an iPhone, too.
    ("Windows", r"Windows Phone (8|10)"),
    ("", r"Windows (Phone|CE|Mobile)|Windows ?9[58]|Win(9[58x]|32)\b(?!.*NT)|PlayStation|Nintendo|Symbian|SymbianOS|Series60"
         r"|BlackBerry|BB10|KAIOS|OS/2|HP-UX|AIX|IRIX"),
    ("Android", r"Android|Dalvik|Adreno|\b(SM|GT)-[A-Z]\d{3}"),
    ("Apple", r"iPhone|iPad|iPod|iOS\b|Darwin|Mac OS ?X|macOS|Macintosh|CFNetwork|AppleCoreMedia|CaptiveNetworkSupport"
              r"|\bOSX\b|^server-bag|itunesstored|Mac_PowerPC|AppleTV|tvOS|watchOS|com\.apple\."),
    ("Windows", r"Windows|Win64|WinNT|Microsoft[ -](BITS|CryptoAPI|WNS|Delivery|NCSI|WebDAV)|WinHTTP|WinHttp|MSIE|Trident"
                r"|MSDW|Win32"),
    ("BSD", r"FreeBSD|OpenBSD|NetBSD|DragonFly|libfetch"),
    ("Solaris", r"SunOS|Solaris"),
    ("Linux", r"Linux|linux-gnu|Ubuntu|Debian|Fedora|Red ?Hat|CentOS|openSUSE|Raspbian|CrOS|Tizen|SMART-TV|Web0S|webOS|X11;"),
)

#: Programs that write whatever agent they like, or send SYNs of others.
ROBOTS = re.compile(
    r"bot\b|crawl|spider|slurp|nmap|nikto|sqlmap|masscan|zgrab|nessus|openvas|w3af|acunetix|dirbuster|wpscan|hydra"
    r"|scanner|censys|shodan|metasploit|havij|paros|arachni|Morfeus|ZmEu|\(\)\s*\{|\$\{jndi",
    re.IGNORECASE,
)

#: Option 60 of DHCP.
VENDORS = [
    ("Windows", r"^MSFT (5\.0|98)"),
    ("Android", r"^android-dhcp"),
    ("Linux", r"^udhcp|:Linux-|^dhcpcd-.*Linux"),
]
VENDORS = [(family, re.compile(pattern)) for family, pattern in VENDORS]

#: Names that systems and their makers give to a machine.
HOSTS = [
    ("Android", r"^android-[0-9a-f]{8,}|^Galaxy-"),
    ("Apple", r"iPhone|iPad|MacBook|iMac|Mac-mini"),
    ("Windows", r"^(DESKTOP|LAPTOP)-[A-Z0-9]{7,8}$"),
]
HOSTS = [(family, re.compile(pattern)) for family, pattern in HOSTS]

#: Names that only the system's own services ask for.
SERVICES = rules(
    ("Windows", r"(^|\.)(settings-win\.data\.microsoft\.com|vortex-win\.data\.microsoft\.com|client\.wns\.windows\.com"
                r"|ctldl\.windowsupdate\.com|sls\.update\.microsoft\.com|msftncsi\.com|msftconnecttest\.com)$"),
    ("Apple", r"(^|\.)((\d+-courier|init-p\d+\w*)(\.sandbox)?\.push\.apple\.com|ls\.apple\.com|mesu\.apple\.com|gsa\.apple\.com"
              r"|iphone-ld\.apple\.com|xp\.apple\.com|query\.ess\.apple\.com|p\d+-fmfmobile\.icloud\.com)$"),
    ("Android", r"(^|\.)(connectivitycheck\.android\.com|play\.googleapis\.com|android\.googleapis\.com|time\.android\.com"
                r"|fota-cloud-dn\.ospserver\.net|samsungdm\.com)$"),
    ("Linux", r"(^|\.)(connectivity-check\.ubuntu\.com|archive\.ubuntu\.com|ntp\.ubuntu\.com|nmcheck\.gnome\.org)$"),
)

#: The version that a secure shell adds to its name.
SHELLS = rules(
    ("Windows", r"for_Windows"),
    ("BSD", r"FreeBSD|NetBSD"),
    ("Solaris", r"Sun_SSH"),
    ("Linux", r"Ubuntu|Debian|Raspbian"),
)

#: SMB's native OS. Metasploit says that it is Windows 2000 2195.
SHARES = [("Windows", re.compile(r"^Windows (?!4\.0|NT|2000 2195|2000$)"))]

#: Builds of Windows in NTLM that others send, too: Samba none, macOS 7600.
BORROWED = {0, 7600}


def first(rules, text):
    """The family that a text names, if any."""
    return next((family for family, pattern in rules if pattern.search(text)), "")


def agent(text):
    """The family that a User-Agent names, if it can be believed at all."""
    return "" if ROBOTS.search(text) else first(AGENTS, text)
