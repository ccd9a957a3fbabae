# SPDX-License-Identifier: BSD-2-Clause
# bash completion for proximactl(8)

# _proximactl_names KIND: the regions, pools or zones that the server knows, if it runs.
_proximactl_names()
{
    local status
    status=$("${words[0]}" "${server[@]}" --json status 2>/dev/null) || return
    case $1 in # laid out by --json: members of the whole are indented by two blanks
    regions)
        sed -n '/^  "regions": \[/,/^  \]/s/^    "\(.*\)",*$/\1/p' <<<"$status" ;;
    *)
        sed -n "/^  \"$1\": \[/,/^  \]/s/^      \"name\": \"\(.*\)\",*\$/\1/p" <<<"$status" ;;
    esac
}

# Those that a pool is steered by.
_proximactl_policies()
{
    "${words[0]}" "${server[@]}" --json status 2>/dev/null |
        sed -n '/^  "pools": \[/,/^  \]/s/^      "policy": "\(.*\)",*$/\1/p' | sort -u
}

_proximactl()
{
    local cur prev words cword command= i server=()
    _init_completion -n = || return

    for ((i = 1; i < cword; i++)); do
        case ${words[i]} in
        -s|--socket)     server=(-s "${words[i + 1]}"); ((++i)) ;;
        --client|--pool|--svg|--why|--timeout|--ttl) ((++i)) ;;
        -*)              ;;
        *)               [ "$command" ] || command=${words[i]} ;;
        esac
    done

    case $prev in
    -s|--socket) _filedir sock; return ;;
    --pool)   COMPREPLY=($(compgen -W "$(_proximactl_names pools)" -- "$cur")); return ;;
    --svg)    _filedir svg; return ;;
    --client|--why|--timeout|--ttl) return ;;
    esac
    case $command in
    '')      COMPREPLY=($(compgen -W '-s --json --version --help
                 status explain advise drain undrain release reload probe report wait stats stop' -- "$cur")) ;;
    explain) COMPREPLY=($(compgen -W '--client A AAAA CNAME MX NS SOA TXT' -- "$cur")) ;;
    advise)  COMPREPLY=($(compgen -W "--pool --svg $(_proximactl_policies)" -- "$cur")) ;;
    drain|undrain|release)
        COMPREPLY=($(compgen -W "--pool --why $(_proximactl_names regions)" -- "$cur")) ;;
    reload)  COMPREPLY=($(compgen -W "--all $(_proximactl_names zones)" -- "$cur")) ;;
    probe)   COMPREPLY=($(compgen -W "$(_proximactl_names pools)" -- "$cur")) ;;
    report)  COMPREPLY=($(compgen -W "--ttl --why up down $(_proximactl_names regions)" -- "$cur")) ;;
    wait)
        COMPREPLY=($(compgen -W "--timeout $(
            pools=$(_proximactl_names pools) regions=$(_proximactl_names regions)
            for pool in $pools; do for region in $regions; do
                printf "$pool/$region=%s " up ramping unknown unready held down drained absent
            done; done)" -- "$cur")) ;;
    stop)    COMPREPLY=($(compgen -W '--why' -- "$cur")) ;;
    esac
} && complete -F _proximactl proximactl
