; What p0f's syntax allows and its own database does not use, for `make peer`.

classes = tall,wide

[mtu]
label = first
sig   = 1500
sig   = 600
label = second
; said before: the first counts
sig   = 1500
sig   = 65535

[tcp:request]

; The general before the special, and twice.
label = g:tall:General:first
sig   = *:64:0:*:*,*:mss,nop,ws:df,id+:0
label = g:tall:General:second
sig   = *:64:0:*:*,*:mss,nop,ws:df,id+:*
label = s:wide:Special:
sig   = *:64:0:1460:*,*:mss,nop,ws:df,id+:0
label = s:wide:Special:never exact, an earlier one is as special
sig   = *:64:0:1460:mss*4,*:mss,nop,ws:df,id+:0

; A tool, and a system that is only found when the tool's packet is not quite its own.
label = s:!:Tool:
sys   = @tall,Special
sig   = *:128:0:*:mss*10,*:mss,sok,ts:df,id+:0
label = g:!:Tool:general
sys   = Special
sig   = *:255:0:*:*,*:mss,sok,ts:df,id+:0
label = s:tall:Behind the tool:
sig   = *:128:0:*:mss*10,*:mss,sok,ts:df,id+,ecn:0

; Windows.
label = s:tall:Window:modulo
sig   = *:64:0:*:%1000,*:mss:df,id+:0
label = s:tall:Window:even
sig   = *:64:0:*:%2,*:mss:df,id+:0
label = s:tall:Window:mtu
sig   = *:64:0:*:mtu*4,*:mss,nop,nop,sok::0
label = s:tall:Window:mtu, with timestamps
sig   = *:64:0:1380:mtu*10,*:mss,nop,nop,ts::0
label = s:tall:Window:mss
sig   = *:64:0:*:mss*3,*:mss,nop,nop,sok::0
label = s:tall:Window:none
sig   = *:64:0:*:0,*:mss,nop,nop,sok::0
label = s:tall:Window:of no MSS
sig   = *:64:0:0:5000,0:nop,nop,sok:df,id+:0

; TTLs: a sum, and any below.
label = s:tall:TTL:sum
sig   = *:54+10:0:*:1111,*:mss:df,id+:0
label = s:tall:TTL:random
sig   = *:255-:0:*:2222,*:mss:df,id+:0
label = s:tall:TTL:random and low
sig   = *:20-:0:*:3333,*:mss:df,id+:0
label = s:tall:TTL:lowest
sig   = *:1:0:*:4444,*:mss:df,id+:0

; One version alone.
label = s:wide:Version:4
sig   = 4:64:0:*:*,*:mss,ws,nop:df,id+:0
label = s:wide:Version:6, with a flow
sig   = 6:64:0:*:*,*:mss,ws,nop:flow:0
label = s:wide:Version:either, with a flow
sig   = *:64:0:*:*,*:ws,mss,nop:df,id+,flow:0

; Options in the IPv4 header.
label = s:wide:IP options:4
sig   = 4:64:4:*:*,*:mss,nop,ws:df,id+:0
label = s:wide:IP options:40
sig   = 4:64:40:*:*,*:mss,nop,ws:df,id+:0

; Every quirk.
label = s:tall:Quirk:none
sig   = *:64:0:*:*,*:mss,ts,nop,nop::0
label = s:tall:Quirk:id-
sig   = *:64:0:*:*,*:mss,ts,nop,nop:id-:0
label = s:tall:Quirk:df
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df:0
label = s:tall:Quirk:ecn
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,ecn:0
label = s:tall:Quirk:0+
sig   = 4:64:0:*:*,*:mss,ts,nop,nop:df,id+,0+:0
label = s:tall:Quirk:seq-
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,seq-:0
label = s:tall:Quirk:ack+
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,ack+:0
label = s:tall:Quirk:uptr+
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,uptr+:0
label = s:tall:Quirk:urgf+
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,urgf+:0
label = s:tall:Quirk:pushf+
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,pushf+:0
label = s:tall:Quirk:ts1-
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,ts1-:0
label = s:tall:Quirk:ts2+
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,ts2+:0
label = s:tall:Quirk:opt+
sig   = *:64:0:*:*,*:mss,ts,eol+5:df,id+,opt+:0
label = s:tall:Quirk:exws
sig   = *:64:0:*:*,*:mss,nop,ws:df,id+,exws:0
label = s:tall:Quirk:bad
sig   = *:64:0:*:*,*:mss,ts,nop,nop:df,id+,bad:0
label = s:tall:Quirk:many
sig   = *:64:0:*:*,*:ts,mss,nop,nop:ecn,seq-,ack+,urgf+,pushf+,ts1-,ts2+:0

; Layouts.
label = s:wide:Layout:none
sig   = *:64:0:0:*,0::df,id+:0
label = s:wide:Layout:unknown options
sig   = *:64:0:*:*,*:mss,?30,?254:df,id+:0
label = s:wide:Layout:sack
sig   = *:64:0:*:*,*:mss,nop,nop,sack:df,id+:0
label = s:wide:Layout:longest
sig   = *:64:0:0:*,0:nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop,nop:df,id+:0
label = s:wide:Layout:end
sig   = *:64:0:0:*,0:eol+3:df,id+:0

; Data in the SYN.
label = s:wide:Payload:some
sig   = *:64:0:*:*,*:mss,sok,nop,nop:df,id+:+
label = s:wide:Payload:any
sig   = *:64:0:*:*,*:sok,mss,nop,nop:df,id+:*
