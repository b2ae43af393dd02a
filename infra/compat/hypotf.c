/* The C library of Amazon Linux 2023 (glibc 2.34) lacks the hypotf of newer ones, GLIBC_2.35, which a font
   library asks for. This one is linked in instead. The squares of two floats fit a double exactly enough:
   24 bits each make 48, and a double's range holds them (C99 F.9.4.3 for infinities). */
float hypotf(float x, float y)
{
    if (__builtin_isinf(x) || __builtin_isinf(y))
        return __builtin_inff();
    return (float)__builtin_sqrt((double)x * x + (double)y * y);
}
