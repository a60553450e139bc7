# What bash completes of an exporter's command line, read from its --help. Installed once for each, under its name; or, in a tree
# that is built:
#
#   PATH=$PWD/build/examples:$PATH; . examples/common/completion.bash

_tacho_exporter() {
    local word=$2 option=$3 help argument
    COMPREPLY=()
    [[ $word != = ]] || word=
    [[ $option != = ]] || option=${COMP_WORDS[COMP_CWORD - 2]}
    help=$("$1" --help 2>/dev/null </dev/null) || return 0
    argument=$(sed -n "s/^  \(--[a-z-]*\) \(.*\)/\1 \2/p" <<<"$help" | awk -v option="$option" '$1 == option { print $2; exit }')
    case $argument in
    '') mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^  \(--[a-z-]*\).*/\1/p' <<<"$help")" -- "$word") ;;
    *FILE*)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    *[A-Z]*) ;; # a number, an address, a name: nobody knows which
    *) mapfile -t COMPREPLY < <(compgen -W "${argument//|/ }" -- "$word") ;;
    esac
}
complete -F _tacho_exporter trackarr_exporter qbsync_exporter playarr_exporter dragonfly_exporter tracearr_exporter
