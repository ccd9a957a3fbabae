# SPDX-License-Identifier: BSD-2-Clause
# bash completion for proximad(8)

_proximad()
{
    local cur prev
    _init_completion || return

    case $prev in
    -c|--config) _filedir '@(yaml|yml|json)' ;;
    *)           COMPREPLY=($(compgen -W '-c --check --strict --schema --version --help' -- "$cur")) ;;
    esac
} && complete -F _proximad proximad
