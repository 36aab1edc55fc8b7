"""What is in the clouds before anybody asks for anything, and nobody in the control plane manages: options that put it there.

`options` is the table of them; `aws` and `google` make the things; `thing` is what both share. A new option is a class with `read` and
`make`, and a row of the table. Whatever is there already is not made again, so the options may be given at every start.
"""
