# Sourced by the commands of bin/: prepares this machine once, then `ground_exec MODULE ARGS…` runs a
# Python module of bin/ground as an unprivileged user. Everything made here lies in $EFACTURE_HOME
# (default /var/lib/efacture for root, ~/.local/share/efacture otherwise) and is found again next time.
#
# EFACTURE_HOME   where Odoo, the Python environment and the databases live
# ODOO_HOME       an Odoo 19 source folder to use instead of Debian's package
# DATABASE_URL    a PostgreSQL server to use instead of a private one (postgresql://user:password@host:port/)

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
GROUND_VERSION=1
SERVICE_USER=efacture

say() { printf '%s\n' "$*" >&2; }
fail() { printf '\nStopped: %s\n' "$*" >&2; exit 2; }

if [ "$(id -u)" = 0 ]; then
    : "${EFACTURE_HOME:=/var/lib/efacture}"
else
    : "${EFACTURE_HOME:=${XDG_DATA_HOME:-$HOME/.local/share}/efacture}"
fi
export EFACTURE_HOME
umask 022

# Odoo's package, and the font and script packages its static files link to. Two come from Debian 12:
# later releases no longer hold the files of Font Awesome 4.7 and the OpenType file Odoo names.
ODOO_DEBS="odoo-19 fonts-font-awesome/bookworm fonts-roboto-unhinted fonts-montserrat fonts-inconsolata/bookworm
    fonts-ocr-b libjs-jquery libjs-underscore libjs-jquery-form fonts-glyphicons-halflings"
SYSTEM_PACKAGES="$(sed -e 's/#.*//' "$ROOT/bin/ground/debian-packages.txt")"

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

missing_packages() {
    local name
    for name in $SYSTEM_PACKAGES; do
        dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || printf '%s ' "$name"
    done
}

install_packages() {
    local missing log="$EFACTURE_HOME/log/apt.log"
    missing="$(missing_packages)"
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        fail "these Debian packages are missing and need an administrator. Ask for:

    sudo apt-get update && sudo apt-get install --no-install-recommends $missing"
    fi
    say "  installing $(echo "$missing" | wc -w) Debian packages (PostgreSQL, Chromium, PDF and OCR tools, fonts)…"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$log" 2>&1 \
        || fail "the Debian package lists could not be fetched. Is there a network? Details: $log"
    # A fresh cluster of the distribution is not wanted: ours is private.
    as_root sh -c 'mkdir -p /etc/postgresql-common/createcluster.d &&
        printf "create_main_cluster = false\n" >/etc/postgresql-common/createcluster.d/efacture.conf'
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $missing >>"$log" 2>&1 \
        || fail "installing Debian packages failed. Details: $log (a full disk and a cut network look like this too; run the command again to go on)"
}

unpack_odoo() {
    local target="$EFACTURE_HOME/odoo" work="$EFACTURE_HOME/odoo.part" log="$EFACTURE_HOME/log/odoo-package.log"
    [ -e "$target/.complete-$GROUND_VERSION" ] && return 0
    say "  fetching Odoo 19 (Debian's odoo-19 package, 130 MB)…"
    rm -rf "$work"
    mkdir -p "$work"/{debs,root,apt/lists/partial,apt/cache/archives/partial}
    local mirror
    mirror="$( (cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb \(\[[^]]*\] \)\?\(http[^ ]*debian\)\/\? .*/\2/p';
        sed -n 's/^URIs: *\(http[^ ]*debian\)\/\?$/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null) | head -n 1 || true)"
    : "${mirror:=http://deb.debian.org/debian}"
    local suite
    for suite in sid bookworm; do
        printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$mirror" "$suite"
    done >"$work/sid.list"
    # Signatures are checked as ever; only the age of a mirror's list is not (sid's lasts a week).
    local apt=(apt-get -q -o Acquire::Check-Valid-Until=false
        -o "Dir::Etc::SourceList=$work/sid.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User=)
    "${apt[@]}" update >"$log" 2>&1 || fail "the package list of Debian sid could not be fetched from $mirror. Details: $log"
    # shellcheck disable=SC2086
    (cd "$work/debs" && "${apt[@]}" download $ODOO_DEBS) >>"$log" 2>&1 \
        || fail "Odoo's package could not be fetched. Details: $log"
    say "  unpacking Odoo…"
    local deb
    for deb in "$work"/debs/*.deb; do
        dpkg -x "$deb" "$work/root" >>"$log" 2>&1 || fail "unpacking $(basename "$deb") failed (disk full?). Details: $log"
    done
    # Left out of the package, yet named by a bundle: every page would log an error.
    local selfie="$work/root/usr/lib/python3/dist-packages/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    [ -e "$selfie" ] || { mkdir -p "$(dirname "$selfie")" && echo "/* not part of this package */" >"$selfie"; }
    rm -rf "$target"
    mv "$work/root" "$target"
    rm -rf "$work"
    : >"$target/.complete-$GROUND_VERSION"
}

odoo_python_path() {
    if [ -n "${ODOO_HOME:-}" ]; then
        [ -e "$ODOO_HOME/odoo/release.py" ] || [ -e "$ODOO_HOME/odoo/init.py" ] \
            || fail "ODOO_HOME=$ODOO_HOME does not look like an Odoo 19 source folder (no odoo/release.py in it)"
        (cd "$ODOO_HOME" && pwd -P)
    else
        echo "$EFACTURE_HOME/odoo/usr/lib/python3/dist-packages"
    fi
}

make_python() {
    local wanted log="$EFACTURE_HOME/log/pip.log"
    wanted="$( (/usr/bin/python3 -V; cat "$ROOT/requirements.txt" "$ROOT/requirements-test.txt") | sha256sum | cut -c1-12)"
    VENV="$EFACTURE_HOME/venv-$wanted"
    if [ ! -e "$VENV/.complete" ]; then
        say "  installing the Python packages of requirements.txt…"
        rm -rf "$VENV"
        /usr/bin/python3 -m venv "$VENV" >"$log" 2>&1 || fail "no Python environment could be made. Details: $log"
        "$VENV/bin/pip" install -q --disable-pip-version-check wheel setuptools >>"$log" 2>&1 \
            && "$VENV/bin/pip" install -q --disable-pip-version-check -r "$ROOT/requirements-test.txt" >>"$log" 2>&1 \
            || fail "the Python packages could not be installed. Is there a network, and room on the disk? Details: $log"
        : >"$VENV/.complete"
    fi
    # The environment of an earlier requirements.txt is of no use any more once a month old.
    find "$EFACTURE_HOME" -maxdepth 1 -name 'venv-????????????' ! -path "$VENV" -mtime +30 -exec rm -rf {} + 2>/dev/null || true
    ln -sfn "$VENV" "$EFACTURE_HOME/venv"
}

ground_prepare() {
    trap 'say "Stopped: the set-up failed at “$BASH_COMMAND”. Run the command again to go on; logs are in $EFACTURE_HOME/log."' ERR
    [ -e /etc/debian_version ] || fail "this command sets up Debian 12 or newer. On another system see README, “With your own Odoo”."
    mkdir -p "$EFACTURE_HOME/log" 2>/dev/null || fail "cannot write to $EFACTURE_HOME. Choose another folder: EFACTURE_HOME=… $0"
    exec 9>"$EFACTURE_HOME/setup.lock"
    flock -n 9 || { say "Another set-up is running on this machine: waiting for it…"; flock 9; }
    local stamp
    stamp="$EFACTURE_HOME/ready-$( (echo "$GROUND_VERSION ${ODOO_HOME:-}"; cat "$ROOT/requirements.txt" "$ROOT/requirements-test.txt" "$ROOT/bin/ground/debian-packages.txt") | sha256sum | cut -c1-12)"
    if [ ! -e "$stamp" ] || [ ! -e "$(cat "$stamp")/.complete" ]; then
        say "Preparing this machine (once; each step goes on where it stopped)"
        local free
        free="$(df -Pk "$EFACTURE_HOME" | awk 'NR==2 {print $4}')"
        [ "$free" -ge 3145728 ] || fail "only $((free / 1024)) MB are free for $EFACTURE_HOME; 3 GB are needed the first time. Free some room or choose another folder with EFACTURE_HOME."
        install_packages
        [ -n "${ODOO_HOME:-}" ] || unpack_odoo
        make_python
        echo "$VENV" >"$stamp"
    fi
    VENV="$(cat "$stamp")"
    flock -u 9
    exec 9>&-
    trap - ERR
}

# Root only prepares: PostgreSQL, Chromium's sandbox and Odoo all want an ordinary user.
ground_user() {
    [ "$(id -u)" = 0 ] || return 0
    if ! id "$SERVICE_USER" >/dev/null 2>&1; then
        useradd --system --home-dir "$EFACTURE_HOME/home" --shell /usr/sbin/nologin "$SERVICE_USER" \
            || fail "the user $SERVICE_USER could not be made"
    fi
    mkdir -p "$EFACTURE_HOME/home" "$EFACTURE_HOME/instances" "$EFACTURE_HOME/cache"
    chown "$SERVICE_USER:" "$EFACTURE_HOME/home" "$EFACTURE_HOME/instances" "$EFACTURE_HOME/cache"
    mkdir -p -m 755 /run/efacture && chown "$SERVICE_USER:" /run/efacture
}

as_service_user() {
    if [ "$(id -u)" = 0 ] && [ -z "${GROUND_AS_CALLER:-}" ]; then
        setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups -- "$@"
    else
        "$@"
    fi
}

# A checkout below a private folder cannot be read by the service user: it works on a copy.
readable_root() {
    RUN_ROOT="$ROOT"
    as_service_user test -r "$ROOT/requirements.txt" && return 0
    RUN_ROOT="$EFACTURE_HOME/copies/$(echo "$ROOT" | sha256sum | cut -c1-12)"
    mkdir -p "$RUN_ROOT"
    find "$RUN_ROOT" -mindepth 1 -maxdepth 1 -exec rm -rf {} +
    (cd "$ROOT" && tar -cf - --exclude=.git --exclude=__pycache__ .) | tar -xf - -C "$RUN_ROOT" \
        || fail "the project could not be copied to $RUN_ROOT (disk full?)"
    chmod -R a+rX "$RUN_ROOT"
}

ground_exec() {
    local as_caller="${GROUND_AS_CALLER:-}"
    GROUND_AS_CALLER=
    local odoo_path
    odoo_path="$(odoo_python_path)" || exit 2
    ground_prepare
    ground_user
    readable_root
    local name instance run_dir
    name="$(basename "$ROOT" | tr -c 'A-Za-z0-9\n' '-')-$(echo "$ROOT" | sha256sum | cut -c1-8)"
    instance="$EFACTURE_HOME/instances/$name"
    if [ "$(id -u)" = 0 ]; then
        run_dir="/run/efacture/$name"
    else
        run_dir="${XDG_RUNTIME_DIR:-/tmp/efacture-$(id -u)}/efacture-$name"
    fi
    as_service_user mkdir -p "$instance" "$(dirname "$run_dir")" || fail "cannot write to $instance"
    # Logs, file store, configuration and the state of the sandbox are nobody else's business.
    as_service_user chmod 700 "$instance" || fail "cannot close $instance to others"
    as_service_user mkdir -p -m 700 "$run_dir" || fail "cannot write to $run_dir"
    : "${EFACTURE_SHARED:=$(readlink -f "$ROOT/../shared" || true)}"
    local variables=(
        "PATH=$VENV/bin:/usr/local/bin:/usr/bin:/bin" "LANG=C.UTF-8" "TZ=UTC"
        "PYTHONPATH=$RUN_ROOT/bin:$RUN_ROOT:$RUN_ROOT/addons/efacture_base:$RUN_ROOT/addons/efacture_ocr:$odoo_path"
        "PYTHONPYCACHEPREFIX=$instance/pycache" "PYTHONUNBUFFERED=1"
        "EFACTURE_HOME=$EFACTURE_HOME" "EFACTURE_ROOT=$RUN_ROOT" "EFACTURE_CHECKOUT=$ROOT"
        "EFACTURE_INSTANCE_DIR=$instance" "EFACTURE_RUN_DIR=$run_dir" "EFACTURE_SERVICES_DIR=$RUN_ROOT/services"
        "EFACTURE_CACHE_DIR=$instance/cache" "EFACTURE_SHARED=$EFACTURE_SHARED"
        "EFACTURE_ODOO_PATH=$odoo_path" "DOCUTILSCONFIG=$RUN_ROOT/bin/ground/docutils.conf"
    )
    if [ "$(id -u)" = 0 ]; then
        # A service started on the way by root changes to this user; root leaves no byte code behind.
        variables+=("HOME=$EFACTURE_HOME/home" "EFACTURE_SERVICE_USER=$SERVICE_USER")
        [ -z "$as_caller" ] || variables+=("PYTHONDONTWRITEBYTECODE=1")
    else
        variables+=("HOME=$HOME")
    fi
    local keep
    for keep in DATABASE_URL EFACTURE_CLUSTER CI TERM NO_COLOR COLUMNS; do
        [ -z "${!keep:-}" ] || variables+=("$keep=${!keep}")
    done
    [ "${GROUND_KEEP_CWD:-}" ] || cd "$RUN_ROOT"
    GROUND_AS_CALLER="$as_caller" as_service_user env -i "${variables[@]}" "$VENV/bin/python" -m "ground.$1" "${@:2}"
}

# The environment that this version of the project needs, where somebody on this machine has prepared it; sets VENV.
ground_find_python() {
    local home stamp
    stamp="ready-$( (echo "$GROUND_VERSION ${ODOO_HOME:-}"; cat "$ROOT/requirements.txt" "$ROOT/requirements-test.txt" "$ROOT/bin/ground/debian-packages.txt") | sha256sum | cut -c1-12)"
    for home in "$EFACTURE_HOME" /var/lib/efacture; do
        [ -r "$home/$stamp" ] || continue
        VENV="$(cat "$home/$stamp")"
        [ -e "$VENV/.complete" ] && [ -x "$VENV/bin/python" ] && return 0
    done
    return 1
}

# For a command that needs Python and nothing else (no Odoo, no database, no folder of its own): it runs as whoever calls it, also
# where another user has set this machine up, and without a network.
ground_exec_alone() {
    ground_find_python || ground_prepare
    local cache="${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/efacture"
    local variables=(
        "PATH=$VENV/bin:/usr/local/bin:/usr/bin:/bin" "LANG=C.UTF-8" "TZ=${TZ:-}" "HOME=${HOME:-/}"
        "PYTHONPATH=$ROOT/bin:$ROOT/addons/efacture_ocr:$ROOT/addons/efacture_base" "PYTHONPYCACHEPREFIX=$cache/pycache"
    )
    local keep
    for keep in CI TERM NO_COLOR COLUMNS TMPDIR TESSDATA_PREFIX EFACTURE_READING_DEBUG; do
        [ -z "${!keep:-}" ] || variables+=("$keep=${!keep}")
    done
    exec env -i "${variables[@]}" "$VENV/bin/python" -m "ground.$1" "${@:2}"
}
