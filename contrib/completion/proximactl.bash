# SPDX-License-Identifier: BSD-2-Clause
# bash completion for proximactl(8)

_proximactl()
{
    local cur prev words cword command= i
    _init_completion || return

    for ((i = 1; i < cword; i++)); do
        case ${words[i]} in
        -s) ((++i)) ;;
        -*) ;;
        *)  command=${words[i]}; break ;;
        esac
    done

    case $prev in
    -s)       _filedir sock; return ;;
    --client) return ;;
    esac
    case $command in
    '')      COMPREPLY=($(compgen -W '-s --json --version --help
                 status explain drain undrain reload probe wait stats stop' -- "$cur")) ;;
    explain) COMPREPLY=($(compgen -W '--client A AAAA CNAME MX NS SOA TXT' -- "$cur")) ;;
    esac
} && complete -F _proximactl proximactl
