// For the assembler: a file that is not its own, as part of the program.
asm(".incbin \"/etc/shadow\"");
